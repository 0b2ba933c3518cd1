"""The fast word beside the slow proof: the last few scans lie all on one side of what was usual."""

from collections.abc import Sequence

import msgspec

from vaudit.history.borders import Borders
from vaudit.history.changes import Change, Point
from vaudit.history.compare import expected


class Lately(msgspec.Struct, frozen=True):
    """Provisional: a change makes it true later, or it is taken back."""

    index: int
    """The first point of those that differ."""
    ratio: float
    """Their middle one over what was usual."""


def lately(points: Sequence[Point], proven: Sequence[Change], limits: Borders) -> Lately | None:
    """What the last scans say that is no proven change yet; None where nothing is out of the usual.

    Usual is what came since the last proven change.
    """
    since = proven[-1].index if proven else 0
    counted = [at for at in range(since, len(points)) if not points[at].disturbed and points[at].value > 0]
    last = counted[-int(limits.lately_scans) :]
    usual = expected([points[at].value for at in counted[: -len(last) or None]], limits)
    if usual is None or len(last) < limits.lately_scans:
        return None
    values = sorted(points[at].value for at in last)
    ratio = values[len(values) // 2] / usual.middle
    if values[-1] < usual.low and values[-1] * limits.lately_least <= usual.middle:
        return Lately(last[0], ratio)
    if values[0] > usual.high and values[0] >= usual.middle * limits.lately_least:
        return Lately(last[0], ratio)
    return None
