"""Maps of a plan: an interactive page, a figure for slides and papers, and layers for GIS programmes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
