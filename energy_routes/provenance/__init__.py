"""What each figure of a plan rests on, and how much of the answer hangs on it."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
