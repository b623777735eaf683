"""What is drawn: lines, places, base map, words and style, taken from a plan."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
