"""The editions of a kit: `exports/*.toml` of a workspace, each one way of exporting a bot's pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.exports.formats import FORMATS
from capitalise.exports.model import Edition
from capitalise.messages import N_, Message
from capitalise.toml import TomlReader, inside_folder, read_fields, read_toml

__all__ = ["read_editions"]


def read_editions(folder: Path, bots: Sequence[str]) -> Mapping[str, Edition]:
    """By name, in their order. Raises SettingsError that lists everything wrong with the files."""
    problems: list[Message] = []
    files = sorted((folder / "exports").glob("*.toml"))
    found = {path.stem: _edition(path, bots, problems) for path in files}
    if problems:
        raise SettingsError(N_("The settings cannot be used:\n%(list)s", list=tuple(problems)))
    return found


def _edition(path: Path, bots: Sequence[str], problems: list[Message]) -> Edition:
    name = f"exports/{path.name}"
    reader = TomlReader(name, read_toml(path, problems, name), problems)
    edition = replace(read_fields(reader, Edition), name=path.stem)
    reader.done()
    for word, known, what in [
        ("bot", bots, [edition.bot] if edition.bot else []),
        ("formats", FORMATS, edition.formats),
    ]:
        for one in what:
            if one not in known:
                near = get_close_matches(one, list(known), 1)
                why = N_(
                    "“%(key)s”: there is no “%(value)s”. There is: %(there)s.",
                    key=word,
                    value=one,
                    there=", ".join(near or known),
                )
                reader.problem(why)
    if edition.cover and (wrong := inside_folder(edition.cover)):
        reader.problem(N_("“%(key)s” %(wrong)s", key="cover", wrong=wrong))
    return edition
