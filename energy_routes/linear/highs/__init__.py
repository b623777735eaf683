"""HiGHS: a programme as arrays, sessions that are solved again and again, and the vertex that is reported."""
