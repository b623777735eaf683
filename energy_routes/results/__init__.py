"""A plan on disk: saved whole or not at all, and read back as the plan it was."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
