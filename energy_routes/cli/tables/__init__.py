"""What the verbs print for people."""
