"""Notes as people bring them (Markdown, text, DOCX, ODT) into pandoc's tree, and the tree into wikitext. Pandoc is a program of
its own: it gets some seconds, some memory, and no other file (`--sandbox`)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from capitalise.errors import SettingsError, SheetError
from capitalise.installed import missing
from capitalise.messages import N_, NP_, Message
from capitalise.notes.markdown import as_meant
from capitalise.notes.tree import LEFT_OUT
from capitalise.sheets.encodings import decoded
from capitalise.sheets.kept import kept
from capitalise.sheets.margins import beside_the_text
from capitalise.sheets.shown import shown_document

__all__ = [
    "MOST_BYTES",
    "NOTES",
    "html_to_markdown",
    "html_to_tree",
    "read_notes",
    "tree_to_html",
    "tree_to_wikitext",
    "wikitext_to_tree",
]

MOST_BYTES = 5 * 1024 * 1024 - 1
SECONDS = 60
MOST_DEPTH = 400  # of a tree: four for each list in a list
_MARKDOWN = "gfm-yaml_metadata_block-emoji-raw_html-tex_math_dollars-tex_math_gfm+hard_line_breaks"
#: What notes may be, and how pandoc calls it. A line's end in a pad is meant.
NOTES = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": _MARKDOWN,
    ".docx": "docx",
    ".odt": "odt",
    ".html": "html",
    ".htm": "html",
}


def read_notes(data: bytes, name: str) -> dict[str, Any]:
    """The tree of a file by its name's ending, with a list of what is left out of it (`LEFT_OUT`). Raises SheetError for what is too large, or no such file."""
    ending = "." + name.rpartition(".")[2].lower()
    if ending not in NOTES:
        kinds = ", ".join(NOTES)
        raise SheetError(N_("%(file)s: notes are files of these kinds: %(kinds)s.", file=name, kinds=kinds))
    if len(data) > MOST_BYTES:
        raise SheetError(N_("%(file)s is larger than %(most)d MB.", file=name, most=(MOST_BYTES + 1) >> 20))
    left_out: list[Message] = []
    if NOTES[ending].startswith("gfm"):
        meant = as_meant(_text(data, name), header=ending != ".txt")
        data = meant.text.encode()
        left_out += [N_("the header at its start, which programs read")] if meant.header else []
    elif NOTES[ending] != "html":
        left_out += beside_the_text(data, name)
        data, hidden = shown_document(data, name)
        if hidden:
            left_out.append(NP_("%(count)d piece of hidden text", "%(count)d pieces of hidden text", hidden))
    tree = _tree(data, NOTES[ending], name)
    return {**tree, "blocks": [*_front(tree), *tree["blocks"]], LEFT_OUT: left_out}


def _tree(data: bytes, kind: str, name: str) -> dict[str, Any]:
    """Raises SheetError for what is no such file, or too deep to be read."""
    try:
        tree: dict[str, Any] = json.loads(_pandoc(data, kind, "json", name))
    except (ValueError, RecursionError) as error:
        raise SheetError(_broken(name)) from error
    if _depth(tree["blocks"]) > MOST_DEPTH:
        raise SheetError(N_("%(file)s holds quotations or lists inside one another, too many to be read.", file=name))
    return tree


def _front(tree: dict[str, Any]) -> list[Any]:
    """What a document's styles call its title, subtitle, author and so on: pandoc puts them beside the text."""
    found: list[Any] = []
    for key in ("title", "subtitle", "author", "date", "abstract"):
        value = tree["meta"].get(key)
        for one in value["c"] if value and value["t"] == "MetaList" else [value] if value else []:
            if one["t"] == "MetaBlocks":
                found += one["c"]
            elif one["t"] == "MetaInlines":
                kind = (
                    {"t": "Header", "c": [1, ["", [], []], one["c"]]}
                    if key == "title"
                    else {"t": "Para", "c": one["c"]}
                )
                found.append(kind)
            elif one["t"] == "MetaString":
                found.append({"t": "Para", "c": [{"t": "Str", "c": one["c"]}]})
    return found


def _depth(tree: Any) -> int:
    """How deep lists stand in one another; nothing here recurses."""
    deepest, level = 0, [tree]
    while level:
        deepest += 1
        level = [
            inner
            for one in level
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, (dict, list))
        ]
    return deepest


def _text(data: bytes, name: str) -> str:
    """In whatever encoding it came. Raises SheetError where that cannot be told."""
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetError(N_("%(file)s is not UTF-8 text: save it as UTF-8.", file=name))
    text = decoded(data, name)[0].removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def tree_to_wikitext(blocks: Sequence[Any], tree: dict[str, Any]) -> str:
    """The wikitext of some blocks of a tree."""
    whole = {**tree, "blocks": blocks}
    whole.pop(LEFT_OUT, None)
    return _pandoc(json.dumps(whole).encode(), "json", "mediawiki", "notes").decode().strip()


def html_to_tree(data: bytes) -> dict[str, Any]:
    """The tree of a piece of HTML. Raises SheetError for what is too deep to be read."""
    return _tree(data, "html+raw_html", "HTML")


def html_to_markdown(data: bytes) -> str:
    """A piece of HTML as notes in Markdown."""
    return _pandoc(data, "html", "gfm-raw_html", "html").decode().strip()


def wikitext_to_tree(text: str) -> dict[str, Any]:
    """What pandoc understands of wikitext, where no wiki can be asked."""
    found: dict[str, Any] = json.loads(_pandoc(text.encode(), "mediawiki", "json", "wikitext"))
    return found


def tree_to_html(tree: dict[str, Any]) -> str:
    """HTML of a tree."""
    return _pandoc(json.dumps(tree).encode(), "json", "html", "html").decode()


def _pandoc(data: bytes, kind: str, to: str, name: str) -> bytes:
    try:
        import pypandoc  # an extra: 160 MB

        program = shutil.which(pypandoc.get_pandoc_path()) or "pandoc"
    except (ImportError, OSError) as error:
        raise SettingsError(missing(N_("Reading documents"), "pypandoc_binary")) from error
    command = [program, "--sandbox", "-f", kind, "-t", to, "--wrap=none", "+RTS", "-M1024m", "-RTS"]
    version = str(Path(program).stat().st_mtime_ns)
    return kept([" ".join([version, *command]).encode(), data], lambda: _run(command, data, name))


def _run(command: Sequence[str], data: bytes, name: str) -> bytes:
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired as error:
        raise SheetError(N_("%(file)s cannot be converted: it takes too long.", file=name)) from error
    if done.returncode:
        raise SheetError(_broken(name))
    return done.stdout


def _broken(name: str) -> Message:
    return N_("%(file)s cannot be read as a document of its kind.", file=name)
