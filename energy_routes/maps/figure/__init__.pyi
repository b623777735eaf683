from .changes.comparison import compare_figure as compare_figure
from .months import months_figure as months_figure
from .static import draw as draw
