from . import bundled as bundled
from .bundled import (
    data_path as data_path,
    installed as installed,
    model_names as model_names,
    model_of as model_of,
    model_path as model_path,
    pack_names as pack_names,
    pack_path as pack_path,
)
from .checks.beside_months import years_unlike_months as years_unlike_months
from .checks.figures import in_service as in_service
from .checks.structure import (
    Ints as Ints,
    Mask as Mask,
    Steps as Steps,
    Tables as Tables,
    check_structure as check_structure,
    metered as metered,
    reach as reach,
    steps_of as steps_of,
)
from .files.arguments import (
    annotated as annotated,
    check_count as check_count,
    check_kind as check_kind,
    check_list as check_list,
    made_of as made_of,
)
from .files.saved import read_json as read_json, saved_result as saved_result
from .files.scratch import (
    aside as aside,
    clear_left as clear_left,
    refusal as refusal,
    scratch_beside as scratch_beside,
    written as written,
)
from .files.spreadsheet import (
    inert as inert,
    inert_frame as inert_frame,
)
from .files.text import (
    SEMICOLONS as SEMICOLONS,
    hindrance as hindrance,
    printable as printable,
    read_text as read_text,
    there as there,
    toml_of as toml_of,
    unprintable as unprintable,
)
from .pack import (
    Pack as Pack,
    by_key as by_key,
    dated_rows as dated_rows,
    keys_of as keys_of,
)
from .plausible import (
    OR_CHECKED as OR_CHECKED,
    Band as Band,
    answered as answered,
    band_of as band_of,
    outside as outside,
    slip_of as slip_of,
    slip_words as slip_words,
)
from .reading.price_series import shared_folder as shared_folder
from .reading.read import (
    read_pack as read_pack,
    with_prices as with_prices,
)
from .reading.sheets import (
    ASIDE as ASIDE,
    Sheet as Sheet,
)
from .reading.typed import (
    TRUTH as TRUTH,
    out_of_range as out_of_range,
    typed as typed,
)
from .schema.columns import (
    LARGEST as LARGEST,
    MODES as MODES,
    PROVENANCE as PROVENANCE,
    Column as Column,
    Table as Table,
)
from .schema.tables import (
    CLOSINGS as CLOSINGS,
    GROUP_KINDS as GROUP_KINDS,
    PARTITIONS as PARTITIONS,
    STATUSES as STATUSES,
    TABLES as TABLES,
    UNLIMITED as UNLIMITED,
)
from .suggest import nearest as nearest, offered as offered
from .table_file import (
    number as number,
    read_cells as read_cells,
    read_rows as read_rows,
)
from .units import units as units
from .units.bare_numbers import (
    home as home,
    own_unit as own_unit,
    own_units as own_units,
    to_inner_of as to_inner_of,
)
from .units.families import (
    BUILT_IN as BUILT_IN,
    GAS as GAS,
    OIL as OIL,
    Family as Family,
    in_order as in_order,
    listed as listed,
)
from .units.periods import (
    DATED as DATED,
    LABEL as LABEL,
    Floats as Floats,
    Period as Period,
    Time as Time,
    a_year as a_year,
    means as means,
    months_of as months_of,
    periods_of as periods_of,
    spanned as spanned,
    totals as totals,
    years_of as years_of,
)
from .units.told import (
    MINUS as MINUS,
    apart as apart,
    as_read as as_read,
    in_digits as in_digits,
    in_html as in_html,
    joined as joined,
)
from .units.units import (
    PER_YEAR as PER_YEAR,
    PROPERTY_UNITS as PROPERTY_UNITS,
    Dimension as Dimension,
    Unit as Unit,
    from_inner as from_inner,
    in_own_time as in_own_time,
    inner_unit as inner_unit,
    known_units as known_units,
    parse_unit as parse_unit,
    time_of as time_of,
    to_inner as to_inner,
)
from .units.written_figures import (
    NUMBER as NUMBER,
    amount as amount,
    figure as figure,
    finite as finite,
    many as many,
    parted as parted,
)
from .write import write_pack as write_pack
