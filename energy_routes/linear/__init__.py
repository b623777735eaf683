"""Labelled linear algebra: expressions, the programme, the HiGHS session, and the entry points for PuLP."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
