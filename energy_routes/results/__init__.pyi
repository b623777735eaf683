from .folder import (
    check_folder as check_folder,
    check_target as check_target,
)
from .record import case_record as case_record
from .schedule_book import (
    schedule_table as schedule_table,
    write_schedule as write_schedule,
)
from .storing import (
    SavedResult as SavedResult,
    load as load,
    save as save,
)
from .summary import (
    begun as begun,
    binding as binding,
    limits_of_corridors as limits_of_corridors,
    summary_of as summary_of,
)
from .tables import (
    canonical as canonical,
    exact as exact,
    read_table as read_table,
    write_table as write_table,
)
from .workbook import write_sheets as write_sheets
