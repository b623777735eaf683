"""What makes each table of a plan, of the point that a solve found."""
