from .report import Report as Report
from .verification import (
    audit as audit,
    verify as verify,
)
