"""HiGHS: a programme as arrays, sessions that are solved again and again, and the point of a face that is reported."""
