"""One offline HTML file for a reader: question, answer, map, money and sources."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
