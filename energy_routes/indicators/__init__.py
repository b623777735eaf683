"""Measures of concentration, adequacy and remaining flexibility, each with its formula and reference."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
