from .figures import (
    PLAIN as PLAIN,
    bound_grades as bound_grades,
    grades_of_bounds as grades_of_bounds,
    is_money as is_money,
    sources as sources,
    stale_years as stale_years,
    weakest as weakest,
    weakest_of as weakest_of,
)
