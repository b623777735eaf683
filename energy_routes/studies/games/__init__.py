"""How the gains of working together are divided: what coalitions are worth, and the solutions of their game."""
