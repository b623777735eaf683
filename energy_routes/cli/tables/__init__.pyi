from .brief import (
    print_brief as print_brief,
    turned as turned,
)
from .compared.comparison_view import (
    print_attribution as print_attribution,
    print_comparison as print_comparison,
)
from .gains.bargain_view import print_bargain as print_bargain
from .gains.tariff_view import print_tariff as print_tariff
from .near.alternative_view import print_alternatives as print_alternatives
from .plan_view import (
    CHANGES as CHANGES,
    SECTIONS as SECTIONS,
    print_sections as print_sections,
    sections_of as sections_of,
)
from .render import (
    console as console,
    counts as counts,
    digits_for as digits_for,
    health as health,
    model_list as model_list,
    number as number,
    table as table,
)
from .risk_view import (
    print_regret as print_regret,
    print_sweep as print_sweep,
)
from .study_view import (
    print_explanation as print_explanation,
    print_frontier as print_frontier,
    print_ranging as print_ranging,
    print_stress as print_stress,
)
from .unit_choice import Units as Units
