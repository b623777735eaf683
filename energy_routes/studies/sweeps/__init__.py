"""A case solved for thousands of draws of its figures, kept in a folder so that no draw is ever lost."""
