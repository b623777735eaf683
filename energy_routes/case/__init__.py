"""A question: which network, which horizon, which policy; with edits, price decks, actuals and disruptions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
