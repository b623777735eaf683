"""The through tariff of a corridor: what is moved at each charge, and what one owner or several would ask."""
