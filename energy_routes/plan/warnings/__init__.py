"""What the reader of a plan must be told: loops, waivers and other notices."""
