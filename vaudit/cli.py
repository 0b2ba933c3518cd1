"""The command line: the Typer commands, and nothing else. What they do is in program.py."""

from typing import Annotated

import typer

from vaudit import program

app = typer.Typer(
    name="vaudit",
    help="Audits a machine: what it is, what it can host, how its devices are served, how fast it is.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
bench_app = typer.Typer(help="Measures one thing alone.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(bench_app, name="bench")

From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="PATH",
        help="Scan a record, not this machine: a dump, a root tree, a capture or sosreport, an archive or a "
        "folder of them. May be repeated.",
    ),
]
Format = Annotated[str, typer.Option("--format", "-f", help="terminal, paste, json, jsonl or html.")]
Folders = Annotated[
    list[str] | None,
    typer.Option(
        "--checks", metavar="DIR", help="Checks that add to vaudit's own or override them. May be repeated."
    ),
]
Output = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Also write the report there; .html, .json, .jsonl or .txt says how. May be repeated.",
    ),
]
FailOn = Annotated[
    str,
    typer.Option(
        "--fail-on", metavar="SEVERITY", help="Exit 1 at or above: info, low, medium, high or never."
    ),
]
Color = Annotated[str, typer.Option("--color", help="auto, always or never.")]
Peer = Annotated[
    str | None,
    typer.Option("--peer", metavar="HOST[:PORT]", help="An iperf3 server to measure the network against."),
]
Disk = Annotated[str, typer.Option("--disk", metavar="DIR", help="The folder whose disk is measured.")]
Device = Annotated[
    str | None,
    typer.Option(
        "--device", metavar="DEV", help="Measure this raw device, not a folder: it is only read. Needs --yes."
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Do measure a network file system, or read the raw --device.")
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show passes, witnesses and reasons too.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be measured, and stop.")]
Mode = Annotated[str, typer.Option("--bench", help="quick (30 s, 2 GiB) or full.")]


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        from vaudit import __version__

        typer.echo(f"vaudit {__version__}")
        raise typer.Exit


@app.command()
def scan(
    *,
    from_: From = None,
    bench: Annotated[
        str | None,
        typer.Option("--bench", help="quick (30 s, 2 GiB), full or off. [default: quick; off with --from]"),
    ] = None,
    format_: Format = "terminal",
    output: Output = None,
    fail_on: FailOn = "high",
    disk: Disk = ".",
    peer: Peer = None,
    device: Device = None,
    yes: Yes = False,
    checks: Folders = None,
    color: Color = "auto",
    verbose: Verbose = False,
    dry_run: DryRun = False,
) -> None:
    """Audit this machine, or a record of one, and report."""
    code = program.scan(
        from_=from_ or (),
        bench=bench,
        format_=format_,
        output=output or (),
        fail_on=fail_on,
        disk=disk,
        peer=peer,
        device=device,
        yes=yes,
        checks=checks or (),
        color=color,
        verbose=verbose,
        dry_run=dry_run,
    )
    raise typer.Exit(code)


@app.command()
def record(
    *,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Where the dump goes.")],
    raw: Annotated[
        bool, typer.Option("--raw", help="Keep serials, addresses and names as they are.")
    ] = False,
    bench: Annotated[
        str, typer.Option("--bench", help="Also keep benchmark results: quick, full or off.")
    ] = "off",
    disk: Disk = ".",
    peer: Peer = None,
    device: Device = None,
    yes: Yes = False,
) -> None:
    """Record what a scan reads, so that it can be replayed elsewhere. Identities are masked."""
    wanted = program.Wanted(bench, disk, peer, device, yes)
    raise typer.Exit(program.record(output=output, raw=raw, wanted=wanted))


@app.command()
def evidence(from_: From = None) -> None:
    """List what a scan reads: what was there, absent, denied, and what root would add."""
    raise typer.Exit(program.evidence(from_=from_ or ()))


@app.command()
def report(
    *,
    path: Annotated[str, typer.Argument(help="A report of an earlier scan, JSON or HTML.")],
    format_: Format = "terminal",
    output: Output = None,
    color: Color = "auto",
    verbose: Verbose = False,
) -> None:
    """Show a stored report again, in any format."""
    code = program.report(path=path, format_=format_, output=output or (), color=color, verbose=verbose)
    raise typer.Exit(code)


@app.command()
def checks(folders: Folders = None) -> None:
    """List all checks."""
    raise typer.Exit(program.checks(folders=folders or ()))


@app.command()
def explain(
    id_: Annotated[str, typer.Argument(metavar="ID", help="A check's id: see `vaudit checks`.")],
    folders: Folders = None,
) -> None:
    """Say what a check looks at, why it matters and what to do."""
    raise typer.Exit(program.explain(id_=id_, folders=folders or ()))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the report."""
    raise typer.Exit(program.schema())


@app.command()
def peer(
    *,
    bind: Annotated[
        str, typer.Option("--bind", metavar="ADDRESS", help="Listen on this address only. [default: all]")
    ] = "",
    port: Annotated[int, typer.Option("--port", help="Listen on this port.")] = 5201,
    minutes: Annotated[float, typer.Option("--minutes", help="End after so long.")] = 30.0,
) -> None:
    """Serve other hosts' network benchmarks for a while: start it there, measure here with --peer."""
    raise typer.Exit(program.peer(bind=bind, port=port, minutes=minutes))


@bench_app.command("disk")
def bench_disk(
    *,
    folder: Annotated[str, typer.Argument(metavar="DIR", help="The folder whose disk is measured.")] = ".",
    device: Device = None,
    yes: Yes = False,
    mode: Mode = "quick",
    format_: Annotated[str, typer.Option("--format", "-f", help="terminal or json.")] = "terminal",
    dry_run: DryRun = False,
) -> None:
    """Measure a disk alone: the class that it falls into, and why."""
    wanted = program.Wanted(mode, folder, None, device, yes, alone=True)
    code = program.bench_alone(wanted, format_=format_, dry_run=dry_run)
    raise typer.Exit(code)


@bench_app.command("network")
def bench_network(
    *,
    peer: Annotated[str, typer.Option("--peer", metavar="HOST[:PORT]", help="An iperf3 server.")],
    mode: Mode = "quick",
    format_: Annotated[str, typer.Option("--format", "-f", help="terminal or json.")] = "terminal",
    dry_run: DryRun = False,
) -> None:
    """Measure the network to an iperf3 server alone, in both directions."""
    wanted = program.Wanted(mode, None, peer, alone=True)
    code = program.bench_alone(wanted, format_=format_, dry_run=dry_run)
    raise typer.Exit(code)
