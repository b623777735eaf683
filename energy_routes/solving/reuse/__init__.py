"""Structures kept from one solve to the next: a case that is compiled, and the cases that were solved last."""
