from .checking import checked as checked
from .health import examined as examined
from .starting import (
    start as start,
    start_empty as start_empty,
)
