"""What the audit computes again, by subject."""
