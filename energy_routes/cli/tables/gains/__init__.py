"""What the verbs that ask who gains print for people."""
