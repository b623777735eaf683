"""What is said of a plan: the answer to its question, how sure it is, and the words of three languages."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
