"""A path: questions with answers that lead on, and the pages of the kit that they lead to. Made from a TOML, or of a kit's own questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from capitalise.exports.model import Fiche, Kit
from capitalise.messages import N_, Message, render
from capitalise.toml import TomlReader, a_list_of_texts

__all__ = ["Answer", "Path", "Question", "path_of_kit", "path_problems", "read_path", "unreached"]


@dataclass(frozen=True)
class Answer:
    """Where an answer leads: to the question `to`, or to the end of the path where that is "". `pages` are titles of the kit."""

    text: str
    to: str = ""
    pages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question, by its `id`; `help` are some words below it, `pages` titles of the kit that help to answer it. One without answers is an
    end where `end` says so."""

    id: str
    text: str
    help: str = ""
    pages: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    end: bool = False


@dataclass(frozen=True)
class Path:
    """The questions in the order in which they stand; the path starts with the first."""

    title: str
    questions: tuple[Question, ...] = field(default=())

    @property
    def by_id(self) -> Mapping[str, Question]:
        return {one.id: one for one in self.questions}


def read_path(table: object, name: str, problems: list[Message]) -> Path:
    """The path of a TOML's table; everything wrong with it is put among the `problems`."""
    reader = TomlReader(name, table, problems)
    title = reader.take("title", str, "")
    questions = reader.take("questions", list, None) or []
    found = tuple(_question(f"{name} [[questions]] {n}", one, problems) for n, one in enumerate(questions, 1))
    reader.done()
    return Path(title, found)


def _question(name: str, table: object, problems: list[Message]) -> Question:
    reader = TomlReader(name, table, problems)
    made = Question(
        reader.take("id", str, None) or "",
        reader.take("text", str, None) or "",
        reader.take("help", str, ""),
        tuple(reader.take("pages", list, [], a_list_of_texts)),
        tuple(
            _answer(f"{name} [[answers]] {n}", one, problems)
            for n, one in enumerate(reader.take("answers", list, []), 1)
        ),
        reader.take("end", bool, False),
    )
    reader.done()
    return made


def _answer(name: str, table: object, problems: list[Message]) -> Answer:
    reader = TomlReader(name, table, problems)
    made = Answer(
        reader.take("text", str, None) or "",
        reader.take("to", str, ""),
        tuple(reader.take("pages", list, [], a_list_of_texts)),
    )
    reader.done()
    return made


def path_of_kit(kit: Kit) -> Path:
    """Every page of the kit in its order, asked about with its own question, or with its title; where pages say what their answers lead
    to, those."""
    entries = list(kit)
    ids = {fiche.title: _id(fiche) for fiche in entries}
    after = [*[_id(fiche) for fiche in entries[1:]], ""]
    return Path(
        kit.title,
        tuple(_asked(fiche, following, ids, kit.language) for fiche, following in zip(entries, after, strict=True)),
    )


def _asked(fiche: Fiche, after: str, ids: Mapping[str, str], language: str) -> Question:
    done, work, later = (render(one, language) for one in (N_("It is done"), N_("We want to work on it"), N_("Later")))
    answers: tuple[Answer, ...] = (Answer(done, after), Answer(work, after), Answer(later, after))
    if fiche.leads:
        answers = tuple(Answer(text, ids.get(title, title) if title else after) for text, title in fiche.leads)
    help_ = " ".join(one.text for one in fiche.body) if fiche.question.text else ""
    return Question(_id(fiche), fiche.question.text or fiche.title, help_, (fiche.title,), answers)


def _id(fiche: Fiche) -> str:
    return fiche.title


def path_problems(path: Path, titles: Iterable[str]) -> Iterator[Message]:
    """What is wrong with a path: where it leads nowhere, what nobody comes to, from where no end is reached, pages that the kit has not."""
    known, there = path.by_id, set(titles)
    if not path.questions:
        yield N_("the path has no question")
        return
    seen: set[str] = set()
    for one in path.questions:
        if one.id in seen:
            yield N_("question “%(id)s” is there twice", id=one.id)
        seen.add(one.id)
        if not one.answers and not one.end:
            yield N_("question “%(id)s” is a dead end: give it answers, or end = true", id=one.id)
        for answer in one.answers:
            if answer.to and answer.to not in known:
                near = ", ".join(get_close_matches(answer.to, known, 1) or known)
                yield N_(
                    "question “%(id)s”: its answer “%(text)s” leads to “%(to)s”, which is not there. There is: %(there)s",
                    id=one.id,
                    text=answer.text,
                    to=answer.to,
                    there=near,
                )
        for page in dict.fromkeys((*one.pages, *(page for answer in one.answers for page in answer.pages))):
            if page not in there:
                near = ", ".join(get_close_matches(page, sorted(there), 1)) or "–"
                yield N_(
                    "question “%(id)s”: the kit has no page “%(page)s”. The nearest: %(near)s",
                    id=one.id,
                    page=page,
                    near=near,
                )
    reached = _reached(
        path.questions[0].id, {one.id: [a.to for a in one.answers if a.to in known] for one in path.questions}
    )
    for one in path.questions:
        if one.id not in reached:
            yield N_("nobody comes to question “%(id)s”", id=one.id)
    ending = _ending(path)
    for one in path.questions:
        if one.answers and one.id not in ending:
            yield N_("from question “%(id)s” no end is reached: the path goes round in a circle", id=one.id)


def unreached(path: Path, titles: Iterable[str]) -> list[str]:
    """The pages of the kit to which no question leads."""
    shown = {page for one in path.questions for page in (*one.pages, *(page for a in one.answers for page in a.pages))}
    return [title for title in titles if title not in shown]


def _reached(start: str, leads: Mapping[str, Sequence[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for name in leads.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found


def _ending(path: Path) -> set[str]:
    """The questions from which an end can be reached."""
    back: dict[str, list[str]] = {}
    ends = [one.id for one in path.questions if one.end or any(not answer.to for answer in one.answers)]
    for one in path.questions:
        for answer in one.answers:
            back.setdefault(answer.to, []).append(one.id)
    return {name for end in ends for name in _reached(end, back)}
