"""What a record holds of programs that ran on the machine, and what the kernel says when it is called."""

from vaudit.evidence.source import Source


def output(source: Source, program: str) -> str | None:
    """What a program printed, where a record holds it. A live machine runs none and is not asked."""
    return source.run(program) if source.kind == "capture" else None


def output_id(program: str) -> str:
    """The id of the evidence that `output` gives."""
    return f"run:{program}"


def call(source: Source, name: str) -> str | None:
    """The answer to a system call, under the name of the command that prints it: `uname -m`, `id -u`."""
    return source.run(name)


def call_id(name: str) -> str:
    """The id of the evidence that `call` gives."""
    return f"run:{name}"


def kernel_log(source: Source) -> str:
    """The lines of the kernel log that are about virtualization; empty where it cannot be read."""
    return source.run("dmesg") or ""


KERNEL_LOG = "run:dmesg"
"""The id of the evidence that `kernel_log` gives."""
