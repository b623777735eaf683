"""The loss of assets, corridors, countries and straits, one or two at a time."""
