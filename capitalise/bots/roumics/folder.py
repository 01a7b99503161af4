"""The folder of an edition, read: `event.toml`, the sheet of its sessions, its notes, what people decided and what was taken
back from the wiki."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Any

import tomlkit

from capitalise.bots.roumics.checks import is_link
from capitalise.bots.roumics.edition import Edition
from capitalise.bots.roumics.event import Event, Photo, Resource, Session, read_day, usual_title
from capitalise.bots.roumics.published import with_changes
from capitalise.bots.roumics.pulled import Layer, Taken
from capitalise.bots.roumics.rows import HEADINGS, read_row, read_rows
from capitalise.conflict_copies import conflict_copies
from capitalise.errors import SettingsError, SheetError
from capitalise.files import reason, write_safely
from capitalise.messages import N_, Message
from capitalise.notes.private import read_decisions, written_decision
from capitalise.pages.titles import normal_title
from capitalise.plans.model import PageChange
from capitalise.sheets.file import ENDINGS, SheetFile
from capitalise.sheets.pandoc import NOTES
from capitalise.toml import TomlReader, a_list_of_texts, not_negative, page_title, read_toml

__all__ = [
    "ALLOWED",
    "TAKEN",
    "edition_keys",
    "keep_pad",
    "kept_pads",
    "notes_file",
    "pad_folder",
    "pad_of",
    "read_edition",
    "read_event",
    "read_published",
    "read_taken",
    "write_decisions",
    "write_layer",
    "write_published",
]

ALLOWED = "a-publier.txt"
TAKEN = "repris"
PUBLISHED = "publie.json"
Convert = Callable[[bytes, str], dict[str, Any]]


def edition_keys(folder: Path) -> list[str]:
    """The names of the folders that hold an edition, in order; a copy of one is none."""
    found = {p.parent.name for p in folder.glob("*/event.*") if p.suffix in (".toml", *ENDINGS)}
    return sorted(found - set(dict(conflict_copies(found))))


def read_event(folder: Path) -> Event:
    """The edition of a folder. Raises SettingsError that lists everything wrong with its files, SheetError for its sheet."""
    problems: list[Message] = []
    path = folder / "event.toml"
    name = f"{folder.name}/event.toml"
    reader = TomlReader(name, read_toml(path, problems) if path.exists() else {}, problems)
    event = _event(reader, folder)
    reader.done()
    if problems:
        raise SettingsError(N_("The edition %(key)s cannot be used:\n%(list)s", key=folder.name, list=tuple(problems)))
    return event


def _event(reader: TomlReader, folder: Path) -> Event:
    title = normal_title(reader.take("title", str, usual_title(folder.name), page_title))
    dates = [_date(reader, one) for one in reader.take("dates", list, [])]
    years = [day.year for day in dates if day] or [int(y) for y in re.findall(r"^(\d{4})\b", folder.name)]
    tables = [(n, _table(reader, n, one)) for n, one in enumerate(reader.take("sessions", list, []), 1)]
    typed = [read_row(cells, f"{folder.name}/event.toml [[sessions]] {n}", years) for n, cells in tables]
    sessions, unread = _sheet_sessions(reader, folder, years)
    return Event(
        folder.name,
        title,
        reader.take("number", int, 0, not_negative),
        reader.take("theme", str, ""),
        tuple(sorted({day for day in dates if day})),
        reader.take("place", str, ""),
        reader.take("introduction", str, ""),
        reader.take("participants", int, 0, not_negative),
        tuple(reader.take("partners", list, [], a_list_of_texts)),
        reader.take("thanks", str, ""),
        (*sessions, *typed),
        tuple(_resource(reader, n, one) for n, one in enumerate(reader.take("resources", list, []), 1)),
        tuple(_photo(reader, n, one) for n, one in enumerate(reader.take("photos", list, []), 1)),
        tuple(filter(None, (_related(reader, one) for one in reader.take("related", list, [], a_list_of_texts)))),
        reader.take("annex", str, "", page_title),
        reader.take("build", bool, True),
        tuple(unread),
    )


def _date(reader: TomlReader, value: object) -> date | None:
    found = read_day(value.isoformat() if isinstance(value, date) else str(value))
    if found is None:
        reader.problem(N_("“dates”: “%(text)s” is no day; write it as 2017-11-17", text=value))
    return found


def _sheet_sessions(reader: TomlReader, folder: Path, years: Sequence[int]) -> tuple[list[Session], list[str]]:
    """Those of `event.ods` (or .xlsx, .csv), and the headings that were not read."""
    paths = [folder / f"event{ending}" for ending in ENDINGS if (folder / f"event{ending}").exists()]
    if len(paths) > 1:
        there = ", ".join(path.name for path in paths)
        reader.problem(N_("there are several sheets (%(there)s): keep one", there=there))
        return [], []
    table = SheetFile(paths[0], f"{folder.name}/{paths[0].name}").read() if paths else None
    return read_rows(table, years) if table else ([], [])


def _table(of: TomlReader, number: int, table: Any) -> Mapping[str, str]:
    reader = TomlReader(f"{of.name} [[sessions]] {number}", table, of.problems)
    cells = {key: _cell(reader, key) for key in HEADINGS}
    reader.done()
    return cells


def _cell(reader: TomlReader, key: str) -> str:
    value = reader.take(key, (str, list, date, time), "")
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def _texts(of: TomlReader, what: str, number: int, table: Any, keys: Sequence[str], must: str) -> list[str]:
    reader = TomlReader(f"{of.name} [[{what}]] {number}", table, of.problems)
    values = [reader.take(key, str, None if key == must else "") or "" for key in keys]
    reader.done()
    return values


def _resource(of: TomlReader, number: int, table: Any) -> Resource:
    keys = ("title", "address", "kind", "author", "licence")
    return Resource(*_texts(of, "resources", number, table, keys, "address"))


def _photo(of: TomlReader, number: int, table: Any) -> Photo:
    return Photo(*_texts(of, "photos", number, table, ("file", "caption", "author", "licence"), "file"))


def _related(reader: TomlReader, text: str) -> tuple[str, str] | None:
    wiki, colon, title = text.partition(":")
    if colon and title.strip():
        return wiki.strip(), normal_title(title)
    reader.problem(
        N_("“related”: “%(text)s” must be a wiki's key and a page, as in wikilivres:Construire des communs", text=text)
    )
    return None


# -- notes, decisions, layers ---------------------------------------------------------------------


def read_edition(folder: Path, convert: Convert) -> Edition:
    """The edition with its notes, which `convert` makes trees of. Raises as `read_event` does."""
    event = read_event(folder)
    notes: dict[str, dict[str, Any] | Message] = {}
    for session in event.sessions if event.built else ():
        path = notes_file(folder, session)
        if path:
            notes[session.at] = _tree(folder, path, convert)
    named = [*(one.notes for one in event.sessions), *(one.file for one in event.photos)]
    paths = {name: (folder / name, folder / "notes" / name) for name in named if name and not is_link(name)}
    there = {name: path for name, some in paths.items() if (path := next((p for p in some if p.is_file()), None))}
    return Edition(event, notes, _decisions(folder), {name: _sha1(path) for name, path in there.items()})


def _sha1(path: Path) -> str:
    """Of a file's bytes; "?" for one that cannot be read, and is none of the wiki's."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha1").hexdigest()
    except OSError:
        return "?"


def _tree(folder: Path, path: Path, convert: Convert) -> dict[str, Any] | Message:
    name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
    try:
        return convert(path.read_bytes(), name)
    except SheetError as error:
        return error.message
    except OSError as error:
        return N_("%(file)s cannot be read: %(why)s", file=name, why=reason(error))


def notes_file(folder: Path, session: Session) -> Path | None:
    """The file of a session's notes: the one it names, else the last copy of its pad that holds anything."""
    if session.notes and not is_link(session.notes):
        paths = (folder / session.notes, folder / "notes" / session.notes)
        inside = (path for path in paths if path.resolve().is_relative_to(folder.resolve()))
        return next((path for path in inside if path.is_file()), None)
    return next(iter(reversed(kept_pads(folder, session))), None)


def pad_folder(folder: Path, session: Session) -> Path:
    """Where the copies of a session's pad are kept: by its title, for people, and by its address."""
    plain = unicodedata.normalize("NFKD", session.title.casefold()).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    mark = hashlib.sha256(pad_of(session).encode()).hexdigest()[:8]
    there = sorted((folder / "pads").glob(f"*-{mark}"))  # whatever the session was called then
    return there[0] if there else folder / "pads" / f"{name or 'pad'}-{mark}"


def pad_of(session: Session) -> str:
    """The address of a session's notes, in whichever column it stands."""
    return (session.pad or session.notes if is_link(session.pad or session.notes) else "").strip()


def kept_pads(folder: Path, session: Session) -> list[Path]:
    """The copies of a session's pad, the oldest first."""
    if not pad_of(session):
        return []
    kept = (p for p in pad_folder(folder, session).glob("*") if p.suffix in NOTES and p.stat().st_size)
    return sorted(kept, key=lambda p: p.stem)  # their dates


def _decisions(folder: Path) -> dict[str, bool]:
    path = folder / ALLOWED
    try:
        return read_decisions(path.read_text("utf-8-sig")) if path.exists() else {}
    except UnicodeDecodeError as error:
        raise SettingsError(
            N_("%(file)s is not UTF-8 text: save it as UTF-8", file=f"{folder.name}/{ALLOWED}")
        ) from error


def read_taken(folder: Path) -> list[Taken]:
    """People's words for the pages of all editions, by page and region, in the order of the names of `repris/*.toml`: in each
    edition's folder, and beside them for the page of all. Raises SettingsError."""
    problems: list[Message] = []
    layers: dict[tuple[str, str, str], list[Layer]] = {}
    paths = [path for key in ("", *edition_keys(folder)) for path in (folder / key / TAKEN).glob("*.toml")]
    for path in sorted(paths, key=lambda p: p.stem):
        name, before = path.relative_to(folder).as_posix(), len(problems)
        table = read_toml(path, problems, name)
        if len(problems) > before:
            continue
        reader = TomlReader(name, table, problems)
        keys = ("wiki", "page", "region", "pulled", "base", "words")
        wiki, page, region, pulled, base, words = (reader.take(k, str, None) or "" for k in keys)
        page = normal_title(page)
        revision = reader.take("revision", int, 0)
        reader.done()
        layers.setdefault((wiki, page, region), []).append(
            Layer(base.strip("\n"), words.strip("\n"), name, pulled, revision)
        )
    if problems:
        raise SettingsError(N_("People's words taken from the wiki cannot be used:\n%(list)s", list=tuple(problems)))
    return [Taken(*place, tuple(some)) for place, some in layers.items()]


def read_published(folder: Path) -> dict[str, list[str]]:
    """What was published from the editions' folder, or from a copy that it was synchronised with. Raises SettingsError."""
    path = folder / PUBLISHED
    try:
        found = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return {str(place): [str(mark) for mark in marks] for place, marks in found.items()}
    except (ValueError, AttributeError, TypeError) as error:
        why = N_("%(file)s was damaged: put it back from a copy, or delete it", file=path.name)
        raise SettingsError(why) from error


# -- writing into the folder ----------------------------------------------------------------------


def write_published(folder: Path, bot: str, changes: Iterable[PageChange]) -> None:
    """Remember what pages hold now, for this folder and whoever synchronises with it."""
    if folder.is_dir() and (found := list(changes)):
        known = with_changes(read_published(folder), bot, found)
        write_safely(folder / PUBLISHED, json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True).encode())


def write_layer(folder: Path, taken: Taken, stamp: str) -> Path:
    """Keep what people wrote on the wiki: a file of its own each time, none is ever replaced."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment(
            "Ce que des personnes ont écrit sur le wiki entre les marques du robot (capitalise roumics pull)."
        )
    )
    document.add(
        tomlkit.comment(
            "« words » est repris à chaque passage ; corrigez-le ici si besoin. « base » : ce que le robot avait écrit."
        )
    )
    layer = taken.layers[0]
    document["wiki"], document["page"], document["region"] = taken.wiki, taken.title, taken.region
    document["pulled"], document["revision"] = layer.pulled, layer.revision
    for key, text in (("base", layer.base), ("words", layer.words)):
        document[key] = tomlkit.string(f"\n{text}\n", multiline=True)
    path = _free(folder / TAKEN, f"{stamp} {taken.region}", ".toml")
    return _written(path, tomlkit.dumps(document).encode())


def keep_pad(folder: Path, session: Session, data: bytes, ending: str, stamp: str) -> Path | None:
    """Keep a copy of a pad with its date; None where it is what the last copy holds."""
    kept = kept_pads(folder, session)
    if kept and kept[-1].suffix == ending and kept[-1].read_bytes() == data:
        return None
    return _written(_free(pad_folder(folder, session), stamp, ending), data)


def write_decisions(folder: Path, lines: Mapping[str, bool]) -> None:
    """Add what was decided about private lines; what stands in the file stays."""
    path = folder / ALLOWED
    before = path.read_text("utf-8-sig") if path.exists() else _ALLOWED_HEAD
    before += "" if before.endswith("\n") else "\n"
    _written(path, (before + "".join(written_decision(*pair) for pair in lines.items())).encode())


_ALLOWED_HEAD = "# Lignes des notes retenues (courriels, téléphones, présences) : « oui : LIGNE » la publie, « non : LIGNE » la garde ici.\n"


def _free(folder: Path, name: str, ending: str) -> Path:
    """A path that no file has yet."""
    numbers = ("", *(f" {n}" for n in range(2, 1000)))
    return next(path for n in numbers if not (path := folder / f"{name}{n}{ending}").exists())


def _written(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_safely(path, data)
    except OSError as error:
        raise SettingsError(N_("%(file)s cannot be written: %(why)s", file=path, why=reason(error))) from error
    return path
