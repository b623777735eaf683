"""Numbers that remember how they were reckoned: again for other figures, and their derivatives."""
