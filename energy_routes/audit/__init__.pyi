from .verification import (
    audit as audit,
    verify as verify,
)
