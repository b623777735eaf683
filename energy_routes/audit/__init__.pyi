from .closed.layers import layer_digests as layer_digests
from .report import Report as Report
from .verification import (
    audit as audit,
    verify as verify,
)
