"""What may fail, how often, and for how long: outages of a network, and rates from dated events."""
