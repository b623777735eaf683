"""What a change between two plans is due to: both side by side, and its share for each input that differs."""
