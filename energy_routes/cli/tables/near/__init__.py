"""How other plans are told that are as good as the one that was found, or nearly: ranges and alternatives."""
