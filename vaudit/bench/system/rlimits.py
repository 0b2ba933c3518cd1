"""Limits of this process, unit or container, by their names."""

from vaudit.words import size

_MANY = "a limit of this container, unit or user is reached (pids.max, TasksMax; RLIMIT_NPROC, ulimit -u)"


def no_more() -> str:
    """What EAGAIN of clone(2) means: pids.max (cgroup-v2.rst), TasksMax of systemd, or RLIMIT_NPROC; for a
    thread also that there is no room for its stack (pthread_create(3)), so a limit on that is named first."""
    return f"no more threads or processes may be started here: {address_space() or _MANY}"


def address_space() -> str:
    """The limit on what this process may map; empty where there is none."""
    try:
        import resource
    except ImportError:  # on Windows
        return ""

    soft, _hard = resource.getrlimit(resource.RLIMIT_AS)
    limited = soft != resource.RLIM_INFINITY
    return f"the limit on address space (RLIMIT_AS, ulimit -v) is {size(soft)}" if limited else ""
