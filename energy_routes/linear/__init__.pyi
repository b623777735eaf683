from . import pulp as pulp
from .conflict import (
    Cone as Cone,
    minimal_conflict as minimal_conflict,
)
from .expressions import (
    INF as INF,
    Axis as Axis,
    Expr as Expr,
    Rows as Rows,
    Vector as Vector,
    axis as axis,
    between as between,
    positions as positions,
    summed as summed,
    zero as zero,
)
from .highs.arrays import (
    SMALLEST_COEFFICIENT as SMALLEST_COEFFICIENT,
    VECTORS as VECTORS,
    Form as Form,
    LinearForm as LinearForm,
    Sense as Sense,
    form_of as form_of,
    level as level,
    put as put,
    sign_of as sign_of,
)
from .highs.deadline import (
    limited as limited,
    refuse_late as refuse_late,
)
from .highs.moving import (
    Moving as Moving,
    squeezed as squeezed,
)
from .highs.nearest import (
    Squares as Squares,
    nearest as nearest,
    refined as refined,
    snap as snap,
)
from .highs.session import (
    BRIEF as BRIEF,
    Method as Method,
    Session as Session,
    cone as cone,
    optimal as optimal,
    write_model as write_model,
)
from .highs.standing import (
    Standing as Standing,
    face_of as face_of,
)
from .highs.vertex import Vertex as Vertex
from .infeasibility import explain_infeasible as explain_infeasible
from .labels import (
    Coded as Coded,
    Column as Column,
    Index as Index,
    Labels as Labels,
    code_of as code_of,
    codes_of as codes_of,
    each as each,
    numbered as numbered,
    pairs as pairs,
    places as places,
    stacked as stacked,
    words_of as words_of,
)
from .programme import (
    Builder as Builder,
    Columns as Columns,
    Program as Program,
    Term as Term,
)
from .pulp.bridge import available_solvers as available_solvers
from .sensitivity.envelope import (
    ALIKE as ALIKE,
    Stretch as Stretch,
    Touch as Touch,
    halved as halved,
    meeting as meeting,
    stretches as stretches,
)
from .sensitivity.moves import (
    ACTIVE as ACTIVE,
    Moves as Moves,
)
from .sensitivity.parametric import (
    BOUNDS as BOUNDS,
    EDGE as EDGE,
    Line as Line,
    Region as Region,
    cover as cover,
    covered as covered,
    line_between as line_between,
    same_numbers as same_numbers,
)
from .sensitivity.ratio import best_ratio as best_ratio
from .sensitivity.slopes import (
    Slopes as Slopes,
    both as both,
    with_idle_rows as with_idle_rows,
)
from .solution import (
    BASIC as BASIC,
    LOWER as LOWER,
    Basis as Basis,
    Codes as Codes,
    Point as Point,
    Prices as Prices,
    Solution as Solution,
    Status as Status,
    face as face,
    on_face as on_face,
    residuals as residuals,
    worth as worth,
)
from .tape.derivatives import (
    Map as Map,
    maps_of as maps_of,
)
from .tape.graph import (
    Graph as Graph,
    Move as Move,
    graph_of as graph_of,
)
from .tape.recorded import plain as plain
from .tape.tape import (
    State as State,
    Tape as Tape,
)
