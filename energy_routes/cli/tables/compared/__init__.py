"""How two plans are told side by side, and to which inputs the change is due."""
