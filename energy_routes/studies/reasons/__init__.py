"""What keeps a route, an arc, a corridor or a market out of the plan, or in it."""
