"""How sure a plan is: what plans as good, or nearly, have otherwise, and bands over draws of the figures."""
