"""What bounds a target: contracts that hold volume there, limits that it has come to, what closes it."""
