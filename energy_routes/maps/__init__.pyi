from .data import style as style
from .data.payload import words_of as words_of
from .data.titles import (
    shortened as shortened,
    titled as titled,
)
from .drawing import (
    SUFFIXES as SUFFIXES,
    explore as explore,
    write as write,
)
from .figure.changes.comparison import compare_figure as compare_figure
from .figure.months import months_figure as months_figure
from .figure.shaded import shade_countries as shade_countries
from .figure.static import draw as draw
from .layers.geodata import write_layers as write_layers
from .layers.others import refuse_others as refuse_others
from .page.content import Step as Step
from .page.interactive import Page as Page
from .placing import (
    misdrawn as misdrawn,
    misplaced as misplaced,
    refuse_misplaced as refuse_misplaced,
)
