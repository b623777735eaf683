"""The certificate of the optimum: the saved programme held against the raw tables, and its bound by own arithmetic."""
