"""How sure an answer is: bands of a plan, of what one changes against another, and of a frontier."""
