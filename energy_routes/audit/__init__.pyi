from .report import Report as Report
from .verification import (
    audit as audit,
    verify as verify,
)
from .written.layers import layer_digests as layer_digests
