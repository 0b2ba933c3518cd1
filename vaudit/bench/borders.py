"""The borders by which recordings are judged. Their values, units and sources: checks/thresholds.toml.

They are handed in, never read here: so a user who overrides one changes the verdict and the check alike, and
a test can move one and see what follows.
"""

from collections.abc import Mapping

import msgspec


class Borders(msgspec.Struct, frozen=True):
    """Named as in checks/thresholds.toml, in the units that stand there."""

    memory_us: float
    flash_us: float
    network_us: float
    no_scaling: float
    scaling: float
    spinning_scaling: float
    at_rest: float
    one_at_a_time: float
    burst: float
    local: float
    cache_rate: float
    cache_faster: float
    cache_gain: float
    old_slower: float
    fdatasync_p99: float
    fdatasync_slow: float
    engines_apart: float
    bloat_added: float
    udp_loss: float
    heavy_loss: float
    queue_threads: float
    mtu_min: float
    steal_note: float
    steal_warn: float
    steal_fail: float
    gaps_fail: float
    clock_slow: float
    scaling_low: float
    scaling_full: float
    balloon_moved: float
    reread_pages: float
    merged_ratio: float


def borders(limits: Mapping[str, float]) -> Borders:
    """The borders among all limits. KeyError for one that is missing: in a broken installation."""
    return Borders(**{name: limits[name] for name in Borders.__struct_fields__})
