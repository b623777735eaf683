from .answer import (
    Answer as Answer,
    answer_of as answer_of,
    answered as answered,
)
from .certainty import (
    doubtful as doubtful,
    figure_told as figure_told,
    limit_key as limit_key,
    row_called as row_called,
)
from .fates import (
    SEEN as SEEN,
    SLIGHT as SLIGHT,
    TOLD as TOLD,
    Fate as Fate,
    Measured as Measured,
    moved as moved,
)
from .measures import (
    cents as cents,
    cents_of as cents_of,
    corridor_volumes as corridor_volumes,
    dollars as dollars,
    exported as exported,
    families_of as families_of,
    market_volumes as market_volumes,
    periods_in as periods_in,
)
from .otherwise.spans import (
    Spans as Spans,
    in_order as in_order,
)
from .otherwise.turns import (
    Turn as Turn,
    turns_of as turns_of,
)
from .telling import (
    SLIGHT_MONEY as SLIGHT_MONEY,
    Shown as Shown,
    capital as capital,
)
from .words import (
    MARKS as MARKS,
    VARIABLE as VARIABLE,
    Words as Words,
    stopped as stopped,
)
