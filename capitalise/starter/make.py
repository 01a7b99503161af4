"""A new workspace: for the network with a wiki in a folder to try it on, or for the forms of any wiki."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from capitalise.errors import SettingsError
from capitalise.exports.templates import shipped
from capitalise.files import reason
from capitalise.messages import N_

if TYPE_CHECKING:
    from capitalise.starter.discover import Discovered

__all__ = ["add_kit", "make_wiki_workspace", "make_workspace"]

_HERE = Path(__file__).parent


def make_workspace(directory: Path, *, sample: bool) -> list[Path]:
    """Write a workspace and return its files. Raises SettingsError where the folder holds one already."""
    sources = {Path("capitalise.toml"): _HERE / "capitalise.toml"}
    sources |= {Path("wiki") / p.name: p for p in (shipped("templates") / "kit").glob("*.wiki")}
    if sample:
        sources |= {p.relative_to(_HERE / "sample"): p for p in (_HERE / "sample").rglob("*") if p.is_file()}
    sources |= {Path("exports") / p.name: p for p in shipped("exports").glob("*.toml")}
    bots = {Path("bots") / p.name: _on_wiki(p.read_bytes(), "communs") for p in shipped("bots").glob("*.toml")}
    return _write(directory, bots | {name: source.read_bytes() for name, source in sources.items()})


def add_kit(directory: Path, key: str) -> list[Path]:
    """Put the kit's form and its bot into a workspace whose wiki `key` has no form yet. Returns the files."""
    files = {Path("templates/kit") / p.name: p.read_bytes() for p in (shipped("templates") / "kit").glob("*.wiki")}
    bot = Path("bots") / "ingredients.toml"
    return _written(directory, {bot: _on_wiki((shipped("bots") / bot.name).read_bytes(), key), **files})


def _on_wiki(bot: bytes, key: str) -> bytes:
    """A bot of the network, writing to a wiki of the new workspace."""
    return re.sub(rb'^wiki = "\w+"', f'wiki = "{key}"'.encode(), bot, count=1, flags=re.MULTILINE)


def make_wiki_workspace(directory: Path, wiki: Discovered, contact: str) -> tuple[list[Path], list[str]]:
    """A workspace for one wiki, a bot for each of its forms. Returns its files and the names of its bots."""
    settings = tomlkit.document()
    settings.add(tomlkit.comment(f"{wiki.name} – capitalise"))
    settings["contact"] = contact
    settings["wikis"] = tomlkit.table(is_super_table=True)
    table = tomlkit.table()
    table["api"] = wiki.api
    settings["wikis"][wiki.key] = table
    files = {Path("capitalise.toml"): tomlkit.dumps(settings).encode()}
    bots: dict[str, str] = {}
    for form in wiki.forms:
        name = _file_name(form)
        while name in bots:
            name += "-2"
        bots[name] = form
        files[Path("bots") / f"{name}.toml"] = _bot(wiki.key, form, f"{name}.ods")
    return _write(directory, files), list(bots)


def _bot(wiki: str, form: str, sheet: str) -> bytes:
    bot = tomlkit.document()
    bot["kind"], bot["wiki"], bot["form"], bot["sheet"] = "fiches", wiki, form, sheet
    return tomlkit.dumps(bot).encode()


def _file_name(form: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", form.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "bot"


def _write(directory: Path, files: Mapping[Path, bytes]) -> list[Path]:
    if (directory / "capitalise.toml").exists():
        raise SettingsError(N_("%(dir)s is a workspace already; nothing was changed.", dir=directory))
    taken = [str(name) for name in files if (directory / name).exists()]
    if taken:
        raise SettingsError(
            N_("%(dir)s already holds %(files)s; choose an empty folder.", dir=directory, files=", ".join(taken))
        )
    return _written(directory, files)


def _written(directory: Path, files: Mapping[Path, bytes]) -> list[Path]:
    for name, data in files.items():
        target = directory / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            raise SettingsError(N_("%(file)s cannot be written: %(why)s", file=target, why=reason(error))) from error
    return [directory / name for name in sorted(files)]
