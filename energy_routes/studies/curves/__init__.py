"""The optimum along one number: frontiers and their kinks."""
