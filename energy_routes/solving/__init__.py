"""One solve, from a case to a plan: the loop, cutting planes, the canonical plan, builds, prices and repairs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
