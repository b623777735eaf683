"""Files that people hand in: what they may be, and how much they may hold."""
