"""How the optimum changes with the numbers: slopes at a point, and the whole curve along one number."""
