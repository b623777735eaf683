"""Facts on disk: the schema of a data pack, its units, and how its tables are read, checked, converted and written."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
