from . import units as units
