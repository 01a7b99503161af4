"""A test wiki saved as the network's archive is: by a crawler that knows nothing but pages and links, under the archive's names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import requests

from tests.mediawiki import farm as mediawiki

SKINS = ("vector", "monobook", "timeless")
BANNER = '<div class="banner"><p>Ce wiki est en cours de compostage : rien ne peut plus y être écrit.</p></div>'
_LINK = re.compile(r'(href|src)="([^"]*)"')


def save(key: str, titles: Iterable[str], target: Path, skin: str = "vector", *, histories: bool = False) -> None:
    """Save pages of a wiki below a folder: `wiki/Titre`, `index.php@title=Titre&action=history.html`."""
    root = mediawiki.address(key).removesuffix("/w/api.php")
    with requests.Session() as http:

        def get(path: str) -> str:
            return http.get(root + path, timeout=30).text

        for title in titles:
            name = title.replace(" ", "_")
            page = get(f"/w/index.php?title={quote(name)}&redirect=no&useskin={skin}")
            write(target / "wiki" / file_of(title), saved(page, root, 1 + name.count("/")))
            if histories:
                page = get(f"/w/index.php?title={quote(name)}&action=history&useskin={skin}")
                write(target / f"index.php@title={quote(name, safe='')}&action=history.html", saved(page, root, 0))


def file_of(title: str) -> str:
    """A title as a file: some are percent-encoded once more, some have an ending."""
    name = title.replace(" ", "_")
    odd = len(name) % 2 or ":" in name or "?" in name
    made = "/".join(quote(part, safe="") if odd else part for part in name.split("/"))
    return made if "/" in made or len(name) % 4 == 0 else f"{made}.html"


def saved(page: str, root: str, deep: int) -> str:
    """A page as a crawler leaves it: links relative to the file, addresses with a query as files, a banner before the title."""
    up = "../" * deep

    def link(found: re.Match[str]) -> str:
        return f'{found[1]}="{_local(found[2], root, up)}"'

    return re.sub(r"(<h1 )", BANNER + r"\1", _LINK.sub(link, page), count=1)


def _local(address: str, root: str, up: str) -> str:
    path, sign, section = address.replace("&amp;", "&").removeprefix(root).partition("#")
    if path.startswith("/wiki/"):
        path = f"{up}wiki/{quote(file_of(unquote(path.removeprefix('/wiki/')).replace('_', ' ')))}"
    elif path.startswith("/w/index.php?"):
        path = f"{up}index.php@{urlsplit(path).query}.html".replace("%", "%25").replace("&", "&amp;")
    return path + sign + section


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


Save = Callable[[str, Iterable[str], Path], None]
