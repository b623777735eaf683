"""What a policy may ask for: caps, security, bookings, futures and builds."""
