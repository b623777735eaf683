"""What cannot be re-routed at once: months go by until shippers, schedules and ships have followed an event."""

from __future__ import annotations

from energy_routes.formulation.declaration import Limit
from energy_routes.formulation.space.space import Space
from energy_routes.linear import Rows


@Limit("ramp", key="group", name="ramp of {group} after {event}", repair=4)
def ramp(s: Space) -> Rows:
    r"""x_gkt ≤ x°_gkt + R_g,n(t)   ∀ unforeseen event, g that it does not hit, t its n-th month   [Mt | bcm]

    x° is the volume in the reference: the plan of the same case and horizon without the edits of the event.  R is the
    most that the group can carry beyond it in the n-th month of the event.  A case of years has no ramps, nor has an
    event that was foreseen: everybody had time.  What stays is shut in or goes into tanks.
    """
    over = s.ramps
    return s.exposure.spread_to(over) <= over.data("reference") + over.data("ramp")
