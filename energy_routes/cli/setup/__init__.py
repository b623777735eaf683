"""What the verbs ``check``, ``doctor`` and ``init`` look at and write."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
