"""Axes, variables and their copies after a loss: what the rules speak of."""
