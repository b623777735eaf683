"""The map that solves: a page that holds the programme of a case, levers on its figures, and a solver."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
