"""fio's output: what was recorded from fio 3.33, good runs and every error, and what must never crash us."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaudit.bench.disk.fio import command, explain, mixed_command, parse_fio
from vaudit.bench.disk.plan import JOBS
from vaudit.bench.disk.recording import Job, Mix
from vaudit.bench.system.errors import BenchError

SAMPLES = Path(__file__).parent / "samples"


def text(name: str) -> str:
    return (SAMPLES / name).read_text("utf-8", "replace")


def test_a_good_run_gives_rates_in_bytes_and_latencies_of_the_whole_request():
    run = parse_fio(text("fio_etcd_fdatasync.json"))
    assert run.version == "fio-3.33"
    assert run.notes == []
    [job] = run.jobs
    assert job.error == 0
    assert job.write.iops == pytest.approx(4326.57, abs=0.1)
    assert job.write.bytes_per_second == 9951121  # bw_bytes; `bw` is in KiB/s
    assert job.write.total_ios == 10029
    assert job.read.total_ios == 0
    assert job.sync_p99_us is not None
    assert 300 < job.sync_p99_us < 500


def test_stonewalled_jobs_stay_apart():
    jobs = parse_fio(text("fio_stonewall5.json")).jobs
    assert len(jobs) == 5
    assert len({job.name for job in jobs}) == 5
    assert all(job.read.total_ios + job.write.total_ios > 0 for job in jobs)


def test_of_several_cumulative_documents_the_last_counts():
    run = parse_fio(text("fio_status_interval.json"))
    first = parse_fio(text("fio_status_interval.json").split("\n}\n")[0] + "\n}\n")
    assert run.jobs[0].read.total_ios > first.jobs[0].read.total_ios


@pytest.mark.parametrize("signal", ["fio_sigTERM", "fio_sigINT"])
def test_a_stopped_fio_leaves_valid_partial_figures_behind_a_text_line(signal):
    run = parse_fio(text(f"err/{signal}.stdout"))
    assert run.notes[0].startswith("fio: terminating on signal")
    assert run.jobs[0].error == 0
    assert run.jobs[0].read.iops > 1000


@pytest.mark.parametrize(
    ("name", "errno"),
    [
        ("fio_rofs", 30),
        ("fio_eacces", 13),
        ("fio_enospc_tmpfs", 28),
        ("fio_enospc_ext4", 28),
        ("fio_enospc_write_tmpfs", 28),
        ("fio_enospc_ext4_write", 28),
        ("fio_odirect_unsupported", 22),
        ("fio_missingfile_ro", 2),
    ],
)
def test_errors_inside_the_json_are_salvaged_from_behind_the_text(name, errno):
    assert parse_fio(text(f"err/{name}.stdout")).jobs[0].error == errno


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("fio_rofs", "fio found the file system read-only"),
        ("fio_eacces", "fio was not allowed to open the test file"),
        ("fio_enospc_tmpfs", "the file system ran full while fio wrote"),
        ("fio_enospc_ext4", "the file system ran full while fio wrote"),
        ("fio_enospc_write_tmpfs", "the file system ran full while fio wrote"),
        ("fio_enospc_ext4_write", "the file system ran full while fio wrote"),
        ("fio_odirect_unsupported", "the file system refuses direct I/O (O_DIRECT)"),
        ("fio_missingfile_ro", "fio did not find the test file"),
        ("fio_nodir", "fio did not find the folder /nonexistent/x"),
        ("fio_badengine", "this fio lacks the I/O engine nosuch"),
        ("fio_badopt", "this fio does not know the option --steadystate_check_interval=2"),
    ],
)
def test_every_recorded_error_becomes_one_clear_sentence(name, sentence):
    both = [SAMPLES / "err" / f"{name}.{stream}" for stream in ("stdout", "stderr")]
    assert explain("\n".join(file.read_text() for file in both if file.exists())) == sentence


@pytest.mark.parametrize("name", ["fio_nodir.stdout", "fio_badengine.stdout", "fio_badopt.stderr"])
def test_output_without_json_is_a_clear_error(name):
    with pytest.raises(BenchError, match="fio printed no JSON"):
        parse_fio(text(f"err/{name}"))


@given(st.integers(min_value=0, max_value=21_000))
def test_a_run_cut_off_anywhere_is_a_clear_error_and_never_half_a_figure(length):
    whole = text("fio_etcd_fdatasync.json")
    cut = whole[: min(length, whole.rindex("}"))]
    with pytest.raises(BenchError):
        parse_fio(cut)


@given(st.text(max_size=300), st.booleans())
def test_any_text_gives_figures_or_the_documented_error(noise, in_json):
    whole = text("fio_burst_tokenbucket.json")
    middle = len(whole) // 2
    try:
        run = parse_fio(whole[:middle] + noise + whole[middle:] if in_json else noise + "\n" + whole)
    except BenchError:
        return
    assert run.jobs
    assert all(job.read.iops >= 0 for job in run.jobs)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["jobs", "read", "write", "sync", "lat_ns", "clat_ns", "percentile", "iops", "error"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(_JSON)
def test_json_of_any_shape_gives_figures_or_the_documented_error(value):
    import json

    lines = "{\n" + json.dumps({"jobs": value})[1:-1] + "\n}"
    try:
        run = parse_fio(lines)
    except BenchError:
        return
    assert isinstance(run.jobs, list)


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.id)
def test_the_command_avoids_the_known_traps(job: Job):
    argv = command("/usr/bin/fio", job, 7, 1 << 28)
    assert {"--thread", "--randrepeat=0", "--norandommap", "--refill_buffers", "--direct=1"} <= set(argv)
    assert "--filename=/proc/self/fd/7" in argv
    assert f"--io_size={job.bytes}" in argv
    assert ("--fdatasync=1" in argv) == (job.kind == "sync")


@pytest.mark.parametrize("job", JOBS)
def test_on_windows_fio_gets_a_file_of_its_own(job):
    words = command("fio.exe", job, "C:\\a folder\\.vaudit-1.fio", 4 << 30)
    assert "--filename=C\\:\\a folder\\.vaudit-1.fio" in words
    assert "--ioengine=windowsaio" in words and f"--size={64 << 20}" in words
    assert "--readonly" not in words  # it writes the file before it reads


def test_on_windows_the_table_of_yabs_is_made_by_the_same_engine():
    words = mixed_command("fio.exe", Mix("m", 4096, 1.0, 1 << 20), "C:\\x.fio", 4 << 30)
    assert {"--ioengine=windowsaio", "--filename=C\\:\\x.fio"} <= set(words)
