"""Plans that reckon with losses: N-1 security and stochastic bookings."""
