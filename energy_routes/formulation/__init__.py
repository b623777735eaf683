"""The mathematics: variables over sparse axes, rules, the objective, and the recipe that lists them."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
