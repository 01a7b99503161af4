"""A review on a page that is mailed: one HTML file for each writer, whose answers come back as a small file and are proposals."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count
from typing import Any

from capitalise.bots.kind import WriterField, WriterPage
from capitalise.errors import SettingsError
from capitalise.exports.templates import page_filler, shipped
from capitalise.messages import N_, Message, render
from capitalise.review.checks import Known, doubts_of
from capitalise.review.items import Item, Sort
from capitalise.review.journal import Choice, Proposal
from capitalise.review.shown import Line, lines_of_change

__all__ = ["LARGEST", "Mailed", "file_names", "mailed_page", "pages_for", "read_answers"]

LARGEST = 2 * 1024 * 1024  # bytes of a file of answers
MOST = 5_000  # answers in it
LONGEST = 100_000  # characters of one
FORMAT = "capitalise-answers-1"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Mailed:
    """A field of somebody's page that wants an answer: its item's `key` ("" where both sides are empty), both texts, what differs."""

    field: WriterField
    key: str
    decides: bool
    lines: tuple[Line, ...]
    doubts: tuple[Message, ...] = ()


def pages_for(pages: Iterable[WriterPage], items: Iterable[Item]) -> list[tuple[WriterPage, list[Mailed]]]:
    """The pages of a writer with the fields that differ, wait or are empty; pages without any are left out."""
    by_field = {(item.title, item.name): item for item in items if item.sort in (Sort.DECISION, Sort.FIELD, Sort.CELL)}
    whole = {item.title: item for item in items if item.sort is Sort.CREATION}
    found = [(page, [one for f in page.fields if (one := _mailed(page, f, by_field, whole))]) for page in pages]
    return [(page, fields) for page, fields in found if fields]


def _mailed(
    page: WriterPage, field: WriterField, by_field: Mapping[tuple[str, str], Item], whole: Mapping[str, Item]
) -> Mailed | None:
    item = by_field.get((page.title, field.label))
    lines = tuple(lines_of_change(field.wiki, field.sheet))
    if item:
        return Mailed(field, item.key, item.sort is Sort.DECISION, lines, doubts_of(item, Known()))
    if not field.sheet.strip() and not field.wiki.strip():
        return Mailed(field, "", False, ())
    return Mailed(field, whole[page.title].key, False, lines) if page.title in whole and field.sheet.strip() else None


def mailed_page(
    bot: str, writer: str, pages: Sequence[tuple[WriterPage, Sequence[Mailed]]], made: str, language: str
) -> str:
    """The HTML of one writer's page: nothing in it is fetched from anywhere, its script and style are the only ones that may run."""
    script, style = (
        (shipped("templates") / "review" / name).read_text("utf-8") for name in ("writer.js", "writer.css")
    )
    return page_filler(language)(
        "review/writer.html.jinja",
        {
            "language": language,
            "bot": bot,
            "writer": writer,
            "pages": pages,
            "made": made,
            "file": file_names("reponses-" + bot, [writer])[writer].removesuffix(".html") + ".json",
            "message": lambda one: render(one, language),
            "format": FORMAT,
            "script": script,
            "style": style,
            "script_hash": _hash(script),
            "style_hash": _hash(style),
        },
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def file_names(bot: str, writers: Iterable[str]) -> dict[str, str]:
    """The file of each writer's page: letters that every file system takes, and no two the same."""
    names: dict[str, str] = {}
    for writer in writers:
        safe = re.sub(r"[^\w-]+", "-", writer or "personne").strip("-")[:60] or "personne"
        taken = {name.casefold() for name in names.values()}
        tries = (f"{bot}-{safe}{more}.html" for more in chain([""], (f"-{n}" for n in count(2))))
        names[writer] = next(name for name in tries if name.casefold() not in taken)
    return names


def read_answers(data: bytes, name: str) -> tuple[str, str, list[Proposal]]:
    """The bot, the writer and the proposals of a file of answers. Raises SettingsError for anything else."""
    if len(data) > LARGEST:
        raise SettingsError(N_("%(file)s is too large for answers.", file=name))
    try:
        said = json.loads(data.decode("utf-8-sig"))
        if said["format"] != FORMAT:
            raise ValueError
        bot, writer = _text(said["bot"], 200), _text(said["writer"], 200)
        proposals = list(_proposals(said["answers"], bot, writer))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = N_("%(file)s holds no answers of a review page; ask for the file that its button makes.", file=name)
        raise SettingsError(why) from error
    return bot, writer, proposals


def _proposals(answers: Any, bot: str, writer: str) -> Iterator[Proposal]:
    if not isinstance(answers, list) or len(answers) > MOST:
        raise TypeError
    for one in answers:
        choice, text = Choice(one["choice"]), _text(one.get("text", ""), LONGEST)
        if choice not in (Choice.SHEET, Choice.WIKI, Choice.TEXT) or (choice is Choice.TEXT and not text.strip()):
            raise ValueError
        yield Proposal(
            writer, bot, _text(one["title"], 300), _text(one["field"], 300), _text(one["key"], 40), choice, text
        )


def _text(value: Any, most: int) -> str:
    """Somebody's text, without signs that would steer a terminal or turn the reading around."""
    if not isinstance(value, str) or len(value) > most:
        raise TypeError
    value.encode()  # half a sign is none: UnicodeEncodeError is a ValueError
    return _CONTROL.sub("", value.replace("\r\n", "\n"))
