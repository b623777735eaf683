"""What a changed figure must be, and what is asked about it, wherever it was written."""
