"""Who gains by working together: what coalitions of states or companies are worth, and how that may be divided."""
