"""Decisions and tasks in notes: what was said, by whom and until when, as far as a line says so. The line stays where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass

from capitalise.pages.titles import sort_key

__all__ = ["Outcome", "outcome_of", "section_kind"]

_DECISION = re.compile(
    r"\W*(?:d[ée]cisions?(?: prises?)?|d[ée]cid[ée]|act[ée])\s*:\s*(?P<what>\S.*)", re.IGNORECASE | re.DOTALL
)
_TASK = re.compile(r"(?:\W*(?:[àa] faire|to ?do|actions?|t[âa]ches?)\s*:\s*)(?P<what>\S.*)", re.IGNORECASE | re.DOTALL)
_BOX = re.compile(r"\W*?(?P<box>[☐☒☑✓✔]|\[[ xX]?\])\s*(?P<what>\S.*)", re.DOTALL)
_MONTH = (
    r"(?:janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre)"
)
_WHEN = re.compile(
    r"(?:d[’']ici(?:\s+[àa])?|avant|pour|[ée]ch[ée]ance\s*:?|au plus tard)\s+(?:le\s+|la\s+|l[’'])?"
    rf"((?:(?:fin|mi|début|debut)[\s-]+)?(?:(?:[12]?\d|3[01])(?:er)?\s+)?{_MONTH}(?:\s+\d{{4}})?|\d{{1,2}}/\d{{1,2}}(?:/\d{{2,4}})?"
    r"|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)(?:\s+prochain)?|demain|(?:prochaine|semaine prochaine)[\w\s]{0,20}"
    r"|\d{4}-\d{2}-\d{2})",
    re.IGNORECASE,
)
_NAME = r"[A-ZÀ-ÖØ-Þ][\w’'-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w’'.-]*){0,3}"
_WHO = (
    re.compile(r"(?:^|[\s(])@([\w-]+(?:\.[\w-]+)*)"),
    re.compile(r"\bqui\s*:\s*([^,;)\n]{2,60})", re.IGNORECASE),
    re.compile(rf"\((?:par\s+)?({_NAME}(?:\s*(?:,|et|&|\+)\s*{_NAME})*)[,)]"),
    re.compile(rf"^({_NAME}(?:\s*(?:,|et|&)\s*{_NAME})*)\s*(?::|→|->)\s"),
)


@dataclass(frozen=True)
class Outcome:
    """A decision, or a task; `line` as it stands in the notes, `what` without its mark, and without who and when where they stand apart."""

    kind: str  # "decision" or "task"
    what: str
    line: str
    who: str = ""
    when: str = ""
    done: bool = False


def section_kind(heading: str) -> str:
    """What the lines below a heading are, if it says so."""
    key = sort_key(heading)
    if re.match(r"decisions?\b", key):
        return "decision"
    return "task" if re.match(r"(?:a faire|todo|to do|actions?|taches?)\b", key) and len(key.split()) <= 3 else ""


def outcome_of(line: str, below: str = "") -> Outcome | None:
    """The decision or task of a line; `below` is what its section holds."""
    if found := _BOX.match(line):
        return _outcome("task", found["what"], line, done=found["box"] not in ("☐", "[ ]", "[]"))
    if found := _DECISION.match(line):
        return _outcome("decision", found["what"], line)
    if found := _TASK.match(line):
        return _outcome("task", found["what"], line)
    return _outcome(below, line, line) if below else None


def _outcome(kind: str, what: str, line: str, *, done: bool = False) -> Outcome:
    pattern, said = next(((one, found) for one in _WHO if (found := one.findall(what))), (None, []))
    who = ", ".join(dict.fromkeys(one.strip() for one in said))
    when = _WHEN.search(what)
    left = _apart(what.strip(), pattern if len(said) == 1 else None) if kind == "task" else what.strip()
    return Outcome(kind, left, line, who, when[1].strip() if when else "", done)


def _apart(what: str, named_by: re.Pattern[str] | None) -> str:
    """The words of a task less the one name that `named_by` found, where it stands before a colon or in brackets at the end, and less a term at
    the end: a table has columns for them. Everything else stays; of a decision, all of it: “rien avant mars” is none without its end."""
    left = what
    for _either_order in range(2):
        when = _WHEN.search(left)
        if when and not left[when.end() :].strip(" .!"):
            left = left[: when.start()].rstrip(" ,;–-") + left[when.end() :].strip()
        name = named_by.search(left) if named_by is _WHO[2] else None
        if name and name[0].endswith(")") and not left[name.end() :].strip(" .!,;"):
            left = left[: name.start()].rstrip(" ,;–-") + left[name.end() :].strip()
    if named_by is _WHO[3] and (name := named_by.match(left)):
        left = left[name.end() :]
    return left.strip() if re.search(r"\w{2}", left) else what
