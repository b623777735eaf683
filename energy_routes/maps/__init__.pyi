from .data import style as style
from .data.payload import words_of as words_of
from .data.titles import (
    shortened as shortened,
    titled as titled,
)
from .drawing import (
    SUFFIXES as SUFFIXES,
    compare_figure as compare_figure,
    draw as draw,
    explore as explore,
    months_figure as months_figure,
    write as write,
    write_layers as write_layers,
)
from .figure.shaded import shade_countries as shade_countries
from .layers.others import refuse_others as refuse_others
from .page.content import Step as Step
from .page.interactive import Page as Page
from .placing import (
    misdrawn as misdrawn,
    misplaced as misplaced,
    refuse_misplaced as refuse_misplaced,
)
