"""The path as one file for a phone, which works offline and keeps what a group answers on the device; or as a printed gamebook."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from capitalise.errors import SettingsError
from capitalise.exports import booklet
from capitalise.exports.formats import Wanted
from capitalise.exports.model import Fiche, Kit
from capitalise.exports.parts import shortened
from capitalise.exports.path_model import Answer, Path, Question, path_of_kit, path_problems, read_path, unreached
from capitalise.exports.pdf import page_numbers
from capitalise.exports.pictures import read_inside
from capitalise.exports.printed import printed
from capitalise.messages import N_, Message
from capitalise.toml import read_toml

__all__ = ["make", "notes"]

HELP = 320  # characters below a question: the page itself says the rest


def make(kit: Kit, wanted: Wanted) -> bytes:
    """Raises SettingsError that lists what is wrong with the path, or for a template of the workspace that is wrong."""
    path = path_for(kit, wanted)
    entries = {one.title: one for one in kit}
    numbers = {one.id: n for n, one in enumerate(path.questions, 1)}
    pages: Mapping[str, int] = {}
    if wanted.ending == ".pdf":
        pages = page_numbers(booklet.document(kit, wanted))
    questions = [_question(one, numbers, entries, pages) for one in path.questions]
    values = {"questions": questions, "path_title": path.title or kit.title}
    template = "print/path.html.jinja" if wanted.ending == ".html" else "print/gamebook.html.jinja"
    return printed(template, values, kit, wanted)


def notes(kit: Kit, wanted: Wanted) -> list[Message]:
    """The pages of the kit to which the path does not lead."""
    return [
        N_("no question leads to “%(title)s”", title=title)
        for title in unreached(path_for(kit, wanted), (one.title for one in kit))
    ]


def path_for(kit: Kit, wanted: Wanted) -> Path:
    """The edition's path (`path = "parcours.toml"`), or the kit's own questions. Raises SettingsError."""
    problems: list[Message] = []
    name = wanted.edition.path
    path = _from_file(wanted, name, problems) if name else path_of_kit(kit)
    if not problems:
        problems += [
            N_("%(file)s: %(problem)s", file=name or kit.title, problem=one)
            for one in path_problems(path, [one.title for one in kit])
        ]
    if problems:
        raise SettingsError(N_("The path cannot be made:\n%(list)s", list=tuple(problems)))
    return path


def _from_file(wanted: Wanted, name: str, problems: list[Message]) -> Path:
    if wanted.folder is None:
        raise SettingsError(N_("There is no file “%(file)s”.", file=name))
    read_inside(wanted.folder, name)
    return read_path(read_toml(wanted.folder / name, problems, name), name, problems)


def _question(
    one: Question, numbers: Mapping[str, int], entries: Mapping[str, Fiche], pages: Mapping[str, int]
) -> Mapping[str, Any]:
    shown = [entries[title] for title in one.pages]
    return {
        "id": f"q{numbers[one.id]}",
        "key": hashlib.sha256(f"{one.id} {one.text}".encode()).hexdigest()[:12],
        "number": numbers[one.id],
        "text": one.text,
        "help": shortened(one.help, HELP),
        "end": one.end,
        "pages": [_page(fiche, pages) for fiche in shown],
        "answers": [_answer(answer, numbers, entries, pages) for answer in one.answers],
    }


def _answer(
    answer: Answer, numbers: Mapping[str, int], entries: Mapping[str, Fiche], pages: Mapping[str, int]
) -> Mapping[str, Any]:
    return {
        "text": answer.text,
        "to": f"q{numbers[answer.to]}" if answer.to else "end",
        "number": numbers[answer.to] if answer.to else 0,
        "pages": [_page(entries[title], pages) for title in answer.pages],
    }


def _page(fiche: Fiche, pages: Mapping[str, int]) -> Mapping[str, Any]:
    words: Sequence[str] = [one.text for one in fiche.body if one.text]
    return {"title": fiche.title, "address": fiche.page, "words": words, "at": pages.get(booklet.id_of(fiche), 0)}
