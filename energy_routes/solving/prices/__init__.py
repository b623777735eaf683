"""What one more of a limit is worth, and what a plan gives up for what it is asked."""
