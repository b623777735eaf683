from .changes.comparison import compare_figure as compare_figure
from .months import months_figure as months_figure
from .shaded import shade_countries as shade_countries
from .static import draw as draw
