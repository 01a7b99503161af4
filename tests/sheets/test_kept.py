"""What files were read as is kept by their bytes: the same result, sooner."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capitalise.errors import SheetError
from capitalise.messages import Message
from capitalise.plans.model import RowRef, SheetChange, SheetLook
from capitalise.sheets import kept as module
from capitalise.sheets.file import SheetFile
from capitalise.sheets.kept import kept, kept_table
from capitalise.sheets.table import Table


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "capitalise" / "files.sqlite"


class Pandoc:
    """Counts what it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> bytes:
        self.times += 1
        return b"wikitext"


def test_what_was_asked_before_is_not_asked_again(place: Path) -> None:
    pandoc = Pandoc()
    assert [kept([b"a", b"b"], pandoc) for _ in range(3)] == [b"wikitext"] * 3
    assert pandoc.times == 1
    kept([b"ab", b""], pandoc)  # where one ends and the next begins counts
    kept([b"a"], pandoc)
    assert pandoc.times == 3
    assert place.stat().st_mode & 0o077 == 0


def test_a_damaged_cache_is_begun_anew(place: Path) -> None:
    pandoc = Pandoc()
    kept([b"a"], pandoc)
    place.write_bytes(b"\0garbage" * 4000)
    assert [kept([b"a"], pandoc) for _ in range(3)] == [b"wikitext"] * 3
    assert pandoc.times == 2


def test_an_answer_that_is_another_ones_is_asked_for_anew(place: Path) -> None:
    kept([b"a"], lambda: b"one")
    kept([b"b"], lambda: b"other")
    with closing(sqlite3.connect(place)) as database, database:
        (other,) = database.execute("SELECT answer FROM answer ORDER BY n DESC LIMIT 1").fetchone()
        database.execute("UPDATE answer SET answer = ?", (other,))
    assert kept([b"a"], lambda: b"one") == b"one"


def test_without_a_place_for_it_nothing_is_kept(place: Path) -> None:
    place.parent.write_text("a file where the folder would be")
    pandoc = Pandoc()
    assert [kept([b"a"], pandoc) for _ in range(2)] == [b"wikitext"] * 2
    assert pandoc.times == 2


def test_what_failed_is_not_kept() -> None:
    def broken() -> bytes:
        raise SheetError(Message("no"))

    for _ in range(2):
        with pytest.raises(SheetError):
            kept([b"a"], broken)
    assert kept([b"a"], Pandoc()) == b"wikitext"


def test_the_oldest_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 3 * 100)
    pandoc = Pandoc()
    for name in (b"a", b"b", b"c", b"d", b"d", b"c", b"b"):
        kept([name], pandoc)
    assert pandoc.times == 4
    kept([b"a"], pandoc)
    assert pandoc.times == 5


WORDS = st.text(max_size=8)
VALUES = st.recursive(
    WORDS | st.integers(0, 9),
    lambda inner: st.builds(Message, WORDS, st.dictionaries(WORDS, inner, max_size=2)),
    max_leaves=3,
)
MESSAGES = st.builds(Message, WORDS, st.dictionaries(WORDS, VALUES, max_size=2), WORDS, st.integers(0, 9))


@given(
    st.lists(st.lists(WORDS, min_size=2, max_size=2).map(tuple), max_size=4).map(tuple),
    st.dictionaries(st.tuples(st.integers(1, 9), st.integers(0, 9)), MESSAGES, max_size=2),
    st.lists(MESSAGES, max_size=2).map(tuple),
    st.integers(0, 3),
)
def test_a_table_is_kept_as_it_was_read(
    rows: tuple[tuple[str, ...], ...], odd: dict[tuple[int, int], Message], drops: tuple[Message, ...], hidden: int
) -> None:
    table = Table("f.ods", ("Titre", "a"), rows, odd, hidden, "ods", bool(hidden), drops)
    asked = [repr(table).encode()]
    assert [kept_table(asked, lambda: table) for _ in range(2)] == [table, table]


@pytest.mark.parametrize("ending", [".ods", ".xlsx", ".csv"])
def test_a_sheet_that_changed_is_read_anew(tmp_path: Path, ending: str) -> None:
    for text in ("pain", "sel"):
        path = tmp_path / f"f{ending}"
        path.unlink(missing_ok=True)
        sheet = SheetFile(path, f"f{ending}")
        at = RowRef(f"f{ending}", 0, "A")
        sheet.commit([SheetChange(at, "Titre", "", "A"), SheetChange(at, "mot", "", text)], SheetLook(f"f{ending}"))
        seen = [SheetFile(path, f"f{ending}").read() for _ in range(2)]
        assert [one.rows if one else () for one in seen] == [(("A", text),)] * 2
