"""Many solves: what changes between two plans, and (as the project grows) along a curve or over outages."""
