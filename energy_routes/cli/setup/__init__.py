"""What the verbs ``check``, ``doctor`` and ``init`` look at and write."""
