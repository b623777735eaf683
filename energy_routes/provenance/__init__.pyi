from .figures import (
    PLAIN as PLAIN,
    bound_grades as bound_grades,
    sources as sources,
    weakest as weakest,
    weakest_of as weakest_of,
)
