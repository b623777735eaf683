"""Games in coalitions and their solutions, whatever is divided: pure mathematics."""
