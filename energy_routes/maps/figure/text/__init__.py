"""What is written on a figure: names, volumes, prices of bottlenecks and the legend."""
