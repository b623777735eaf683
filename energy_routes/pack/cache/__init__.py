"""Checked packs, kept by the content of their files: in memory, and on disk in the user's cache folder."""
