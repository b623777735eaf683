"""What could be otherwise: in plans as good, and at other prices that are stated."""
