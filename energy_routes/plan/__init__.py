"""What was decided: a plan, its tables, routes, schedule, and its limits in words."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
