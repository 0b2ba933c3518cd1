"""How a light look asks a disk: one request at a time, and after each the disk belongs to others.

A request is followed by a pause of many times what it took itself, so that of a disk which serves one after
the other no more than SHARE is ever taken, however slow it is or has become; and a fast one is asked at
regular moments, not in a burst that uses up what a limit has saved for its neighbours.
"""

SHARE = 0.06
"""Of the time, at most, in which a request of ours is under way: of the three seconds of a run two are spent
on the disk, so that it is 4 % of them."""
LEAST_PAUSE = 0.004
"""Seconds between two requests to a disk that answers at once: 200 of them take less than a second."""
WANTED = 200
"""Requests of each kind; fewer where each takes long."""
SECONDS = 1.0
"""For all of one kind, without the search."""
SEARCH_SECONDS, SEARCHED = 0.2, 40
"""For old files: so long, and no longer than until so many are found."""
PART = 50
"""Flushed writes of one round: what disturbs it costs these alone."""


def pause(taken: float) -> float:
    """Seconds to wait after a request that took so many."""
    return max(LEAST_PAUSE, taken * (1 / SHARE - 1))
