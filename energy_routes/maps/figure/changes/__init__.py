"""Two plans on paper: what one moves that the other does not."""
