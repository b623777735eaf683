"""How sure a plan is: those that are as good, or nearly (ranges, alternatives), and bands over draws of the figures."""
