"""Where the page lies is said at the end of what a terminal shows, and over SSH what fetches it."""

import os

import pytest

from tests.output.samples import good
from vaudit.commands import screen
from vaudit.commands.documents import Documents

SSH = "198.51.100.7 50022 192.0.2.2 22"


@pytest.fixture
def terminal(monkeypatch):
    """A terminal that somebody reached over SSH."""
    monkeypatch.setenv("SSH_CONNECTION", SSH)
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setattr(screen, "width", lambda: 300)
    monkeypatch.setattr(screen, "is_terminal", lambda: True)


def shown(capsys, *paths, name: str = "terminal", framed: bool = False) -> str:
    documents = Documents(name, [str(path) for path in paths], "never", False)
    for _ in range(2 if framed else 1):
        documents.add(good(), framed)
    documents.end(framed)
    told: str = capsys.readouterr().out
    return told


def test_the_page_and_what_fetches_it_are_the_last_lines(terminal, capsys, tmp_path) -> None:
    page = tmp_path / "p.html"
    *_, path, fetch = shown(capsys, page, tmp_path / "p.json").splitlines()
    assert path.split() == ["page", str(page)]
    assert fetch.split(maxsplit=2)[2].split() == ["scp", f"ada@{os.uname().nodename}:{page}", "."]


def test_a_strange_port_and_a_strange_path_are_still_a_command(terminal, monkeypatch) -> None:
    monkeypatch.setenv("SSH_CONNECTION", SSH.replace(" 22", " 2222").replace("192.0.2.2222", "192.0.2.2"))
    assert screen.fetch("/a b.html") == f"scp -P 2222 'ada@{os.uname().nodename}:/a b.html' ."


@pytest.mark.parametrize("without", ["", "1 2 3", "nonsense"])
def test_without_ssh_there_is_no_such_line(terminal, monkeypatch, without: str) -> None:
    monkeypatch.setenv("SSH_CONNECTION", without)
    assert screen.fetch("/a.html") == ""


def test_the_hosts_name_goes_nowhere_but_to_a_terminal(terminal, monkeypatch) -> None:
    monkeypatch.setattr(screen, "is_terminal", lambda: False)
    assert screen.fetch("/a.html") == ""


def test_a_file_of_text_names_no_page(terminal, capsys, tmp_path) -> None:
    shown(capsys, tmp_path / "p.html", tmp_path / "p.txt")
    text = (tmp_path / "p.txt").read_text()
    assert "p.html" not in text and "scp" not in text


def test_a_page_that_could_not_be_written_is_not_named(terminal, capsys, tmp_path) -> None:
    from vaudit.commands.common import Stop

    folder = tmp_path / "gone"
    folder.mkdir()
    documents = Documents("terminal", [str(folder / "p.html")], "never", False)
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()
    with pytest.raises(Stop):
        documents.add(good(), False)
        documents.end(False)
    assert "p.html" not in capsys.readouterr().out


def test_one_of_many_machines_says_nothing_of_pages(terminal, capsys) -> None:
    assert "report.html" not in shown(capsys, framed=True)
    assert "report.html" in shown(capsys)
