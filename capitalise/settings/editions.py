"""The editions of a kit: `exports/*.toml` of a workspace, each one way of exporting a bot's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.exports.formats import FORMATS
from capitalise.exports.model import Edition
from capitalise.exports.shapes import SHAPES
from capitalise.messages import N_, Message
from capitalise.toml import TomlReader, inside_folder, read_fields, read_toml

__all__ = ["read_editions"]


def read_editions(folder: Path, bots: Sequence[str]) -> Mapping[str, Edition]:
    """By name, in their order; a file with questions is a path, and none. Raises SettingsError that lists everything wrong with the files."""
    problems: list[Message] = []
    found = {}
    for path in sorted((folder / "exports").glob("*.toml")):
        table = read_toml(path, problems, f"exports/{path.name}")
        if not (isinstance(table, dict) and "questions" in table):
            found[path.stem] = _edition(path.stem, table, bots, problems)
    if problems:
        raise SettingsError(N_("The settings cannot be used:\n%(list)s", list=tuple(problems)))
    return found


def _edition(name: str, table: object, bots: Sequence[str], problems: list[Message]) -> Edition:
    reader = TomlReader(f"exports/{name}.toml", table, problems)
    edition = replace(read_fields(reader, Edition), name=name)
    reader.done()
    made = [one for one in FORMATS if one != "news"]  # which needs a day
    games = [word for words in SHAPES.values() for word in words]
    for key, known, said in [
        ("bot", bots, [edition.bot]),
        ("formats", made, edition.formats),
        ("shape", games, [edition.shape.casefold()]),
    ]:
        for one in filter(None, said):
            if one not in known:
                there = ", ".join(get_close_matches(one, list(known), 1) or known)
                why = N_("“%(key)s”: there is no “%(value)s”. There is: %(there)s.", key=key, value=one, there=there)
                reader.problem(why)
    if edition.depth not in (1, 2):
        reader.problem(N_("“%(key)s” %(wrong)s", key="depth", wrong=N_("must be 1 or 2")))
    if edition.cover and inside_folder(edition.cover):
        reader.problem(N_("“%(key)s” %(wrong)s", key="cover", wrong=N_("must be a file of the workspace")))
    return edition
