"""`vaudit peer`: the other end of a network benchmark."""

from typing import Annotated, NamedTuple

from vaudit.commands.common import FAILED, USAGE, Stop, write
from vaudit.commands.machines import needs_linux
from vaudit.commands.options import Option


class Options(NamedTuple):
    """What `vaudit peer` is asked for."""

    bind: Annotated[
        str, Option("Listen on this address. [default: for this host only]", ("--bind",), "ADDRESS")
    ] = ""
    port: Annotated[int, Option("Listen on this port.", ("--port",), "PORT")] = 5201
    minutes: Annotated[float, Option("End after so long.", ("--minutes",), "MINUTES")] = 30.0


def run(options: Options) -> int:
    """Serves network benchmarks of other hosts for so long, or until Ctrl-C, SIGTERM or a lost terminal."""
    needs_linux("serving benchmarks")
    from vaudit.bench.network import serve
    from vaudit.bench.system.errors import BenchError

    if not 0 < options.port < 65536:
        raise Stop(USAGE, f"--port {options.port}: choose one between 1 and 65535")
    if not 0 < options.minutes <= serve.MOST_MINUTES:
        most = f"{serve.MOST_MINUTES:.0f}"
        raise Stop(USAGE, f"--minutes {options.minutes:g}: choose more than 0 and at most {most}")
    try:
        serve.serve(options.bind, options.port, options.minutes * 60, lambda line: write(line + "\n"))
    except BenchError as error:
        raise Stop(FAILED, str(error)) from error
    return 0
