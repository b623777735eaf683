"""What is checked in the tables of a pack once they are read."""
