"""Facts in memory: the network of one or more packs, added routes, meters and geometry."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
