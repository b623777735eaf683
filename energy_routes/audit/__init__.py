"""A second opinion on a saved result, without the solver and without the code of the formulation."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
