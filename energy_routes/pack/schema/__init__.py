"""The tables and columns of a pack, and the data dictionary written from them."""
