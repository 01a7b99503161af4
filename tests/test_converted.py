"""Pandoc's answers are kept by what it was asked: the same result, sooner."""

from __future__ import annotations

from pathlib import Path

import pytest

from capitalise.errors import SheetError
from capitalise.messages import Message
from capitalise.sheets import converted as module
from capitalise.sheets.converted import converted


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "capitalise" / "pandoc.sqlite"


class Pandoc:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return b"wikitext"


def test_what_was_asked_before_is_not_asked_again(place: Path) -> None:
    pandoc = Pandoc()
    assert [converted([b"a", b"b"], pandoc) for _ in range(3)] == [b"wikitext"] * 3
    assert pandoc.times == 1
    converted([b"ab", b""], pandoc)  # where one ends and the next begins counts
    converted([b"a"], pandoc)
    assert pandoc.times == 3
    assert place.stat().st_mode & 0o077 == 0


def test_a_damaged_cache_is_begun_anew(place: Path) -> None:
    pandoc = Pandoc()
    converted([b"a"], pandoc)
    place.write_bytes(b"\0garbage" * 4000)
    assert [converted([b"a"], pandoc) for _ in range(3)] == [b"wikitext"] * 3
    assert pandoc.times == 2


def test_without_a_place_for_it_nothing_is_kept(place: Path) -> None:
    place.parent.write_text("a file where the folder would be")
    pandoc = Pandoc()
    assert [converted([b"a"], pandoc) for _ in range(2)] == [b"wikitext"] * 2
    assert pandoc.times == 2


def test_what_failed_is_not_kept() -> None:
    def broken() -> bytes:
        raise SheetError(Message("no"))

    for _ in range(2):
        with pytest.raises(SheetError):
            converted([b"a"], broken)
    assert converted([b"a"], Pandoc()) == b"wikitext"


def test_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    pandoc = Pandoc()
    for name in (b"a", b"b", b"c", b"d", b"d", b"c", b"b"):
        converted([name], pandoc)
    assert pandoc.times == 4
    converted([b"a"], pandoc)
    assert pandoc.times == 5
