"""Pages as files of a folder, one `.wiki` a page: names and texts, without a wiki around them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

from capitalise.errors import SettingsError, WikiError
from capitalise.files import reason, write_safely
from capitalise.messages import N_
from capitalise.pages.titles import normal_title
from capitalise.wikitext.canonical import canonical, digest

__all__ = ["decoded_page", "file_name", "pages_in", "read_page_file", "write_pages"]

_UNSAFE = re.compile(r'^\.|[%/\\:*?"<>|]')  # what some file system gives a meaning to


def file_name(title: str) -> str:
    """The file of a page: its title where a file system takes it, else a prefix and a hash."""
    name = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", title)
    if len(name.encode()) > 200:
        name = name.encode()[:80].decode(errors="ignore") + "~" + digest(title)[:12]
    return name + ".wiki"


def read_page_file(path: Path) -> str | None:
    """A file's text, its line ends and its end as a wiki stores them; None where somebody just took it away.
    Raises WikiError where it is no UTF-8."""
    try:
        return decoded_page(path.read_bytes(), path)
    except FileNotFoundError:
        return None


def decoded_page(data: bytes, path: Path) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WikiError(
            N_("The file “%(file)s” of the wiki is not UTF-8 text: save it as UTF-8.", file=path.name)
        ) from error
    return text.replace("\r\n", "\n").rstrip(" \t\n\v")


def pages_in(folder: Path) -> dict[str, str]:
    """The texts of a folder's pages by title. Raises SettingsError where there are none, WikiError for what is no UTF-8."""
    files = [path for path in sorted(folder.glob("*.wiki")) if not path.name.startswith(".")]
    if not files:
        raise SettingsError(
            N_("%(folder)s holds no pages: files that end in .wiki, each called as its page.", folder=folder)
        )
    pages: dict[str, Path] = {}
    for path in files:
        title = normal_title(unquote(path.stem))
        if title in pages:
            why = N_(
                "“%(one)s” and “%(two)s” are files for one page; join them into one.",
                one=pages[title].name,
                two=path.name,
            )
            raise SettingsError(why)
        pages[title] = path
    return {title: read_page_file(path) or "" for title, path in pages.items()}


def write_pages(folder: Path, pages: Mapping[str, str]) -> tuple[list[Path], list[Path]]:
    """Put pages into a folder, and return the files that were written and those that hold another text: these are left alone.
    Raises SettingsError for what cannot be written."""
    written, other = [], []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for title, text in pages.items():
            path = folder / file_name(title)
            there = read_page_file(path)
            if there is None:
                write_safely(path, (text + "\n").encode())
                written.append(path)
            elif canonical(there) != canonical(text):
                other.append(path)
    except OSError as error:
        raise SettingsError(N_("%(file)s cannot be written: %(why)s", file=folder, why=reason(error))) from error
    return written, other
