"""Conflicts settled one by one at the terminal. Answers are kept as they are given, where `review` finds them too."""

from __future__ import annotations

from collections.abc import Sequence

import click

from capitalise.cli.options import says_yes
from capitalise.cli.show import Screen
from capitalise.messages import N_, NP_
from capitalise.plans.decisions import Prefer
from capitalise.plans.diff import text_diff
from capitalise.plans.model import Conflict, Plan
from capitalise.review.decided import prefer_of
from capitalise.review.items import Item, decision_item
from capitalise.review.journal import Answer, Choice, Journal

__all__ = ["ask_decisions", "earlier_decisions", "keys_of"]

_SHEET, _WIKI = Answer(Choice.SHEET), Answer(Choice.WIKI)
_ANSWERS = {"f": _SHEET, "s": _SHEET, "feuille": _SHEET, "sheet": _SHEET, "w": _WIKI, "wiki": _WIKI}
_OTHER = {"o": _WIKI, "a": _WIKI, "autre": _WIKI}
_LATER = ("", "p", "l", "n", "plus tard", "later")
_MARKS = "<<<<<<<", "=======", ">>>>>>>"


def earlier_decisions(screen: Screen, plan: Plan, journal: Journal) -> list[Prefer]:
    """What was answered before about the conflicts of a plan and not carried out yet, where the person wants it still."""
    items = [item for item in _items(plan) if (one := journal.answers.get(item.key)) and one.choice in _SIDES]
    if not items:
        return []
    for item in items:
        answer = journal.answers[item.key]
        own = f" : {answer.text.splitlines()[0][:100]}" if answer.text else ""
        screen.line(f"  {item.title} : {item.field} → {screen.text(_SIDES[answer.choice])}{own}", dim=True)
    question = NP_(
        "%(count)d answer of an earlier time stands here and was not written yet. Take it? [y/N]",
        "%(count)d answers of an earlier time stand here and were not written yet. Take them? [y/N]",
        len(items),
    )
    if says_yes(screen, question):
        return [prefer_of(item, journal.answers[item.key]) for item in items]
    return []


_SIDES = {Choice.SHEET: N_("the sheet's text"), Choice.WIKI: N_("the wiki's text"), Choice.TEXT: N_("your own words")}


def ask_decisions(screen: Screen, plan: Plan, asked: set[str], journal: Journal) -> list[Prefer]:
    """A decision for each conflict that somebody wants to settle now; Return leaves one open.

    Those in `asked` (keys of items) were asked about already, and are not again; the new ones are added to it.
    """
    questions = [item for item in _items(plan) if item.key not in asked]
    asked |= {item.key for item in questions}
    if questions:
        screen.line()
        screen.say(
            N_(
                "Settle them now? For each one: s (the sheet's text), w (the wiki's), e (both in an editor), Return or l (later). "
                "Answers are kept as you give them."
            ),
            bold=True,
        )
    decided = []
    for number, item in enumerate(questions, start=1):
        screen.line(f"({number}/{len(questions)})", dim=True)
        _show(screen, item)
        if answer := _answer(screen, item):
            journal.give([item.key], answer)
            decided.append(prefer_of(item, answer))
    return decided


def keys_of(plan: Plan, prefers: Sequence[Prefer]) -> list[str]:
    """The items that some decisions were about."""
    places = {(one.page, one.field) for one in prefers}
    return [item.key for item in _items(plan) if (item.title, item.name) in places]


def _items(plan: Plan) -> list[Item]:
    return [decision_item(plan, conflict) for conflict in plan.conflicts if conflict.at]


def _show(screen: Screen, item: Item) -> None:
    """Both texts, and the words that differ."""
    conflict = _conflict(item)
    screen.conflict(conflict, hint=False)
    if conflict.ours.strip() and conflict.theirs.strip() and not conflict.rival:
        screen.line("    " + screen.text(N_("what differs (-: wiki, +: sheet)")), dim=True)
        screen.pieces(text_diff(conflict.theirs, conflict.ours))


def _conflict(item: Item) -> Conflict:
    assert item.conflict is not None
    return item.conflict


def _answer(screen: Screen, item: Item) -> Answer | None:
    """s for the text above, w (between two sheets: o) for the one below, e for both in an editor."""
    rival = bool(_conflict(item).rival)
    question = N_("  s (the first text), o (the other) or Return >") if rival else N_("  s, w, e, l or Return >")
    answers = _ANSWERS | (_OTHER if rival else {})
    while True:
        said = click.prompt(screen.text(question), default="", show_default=False, prompt_suffix=" ").strip().casefold()
        if said in _LATER:
            return None
        if answer := answers.get(said):
            return answer
        if said == "e" and item.editable:
            if text := _edited(screen, _conflict(item)):
                return Answer(Choice.TEXT, text)
            continue
        screen.say(N_("  This is none of the answers."))


def _edited(screen: Screen, conflict: Conflict) -> str:
    """What somebody made of both texts in their editor; "" where they left it as it was, or did not finish."""
    start, middle, end = _MARKS
    sheet = screen.text(N_("sheet"))
    shown = f"{start} {sheet}\n{conflict.ours}\n{middle}\n{conflict.theirs}\n{end} wiki\n"
    try:
        text = click.edit(shown, require_save=False)
    except click.ClickException:
        screen.say(
            N_("  No editor could be started: set EDITOR to one that is there, for example EDITOR=nano."), fg="yellow"
        )
        return ""
    if text is None or text == shown:
        screen.say(N_("  Nothing was changed there; nothing is decided."))
        return ""
    if any(line.startswith(_MARKS) for line in text.split("\n")):
        screen.say(
            N_("  The marks (<<<<<<<, =======, >>>>>>>) still stand there: take them out with what is not to stay.")
        )
        return ""
    if not text.strip():
        screen.say(N_("  The file is empty: to empty the field, choose the side that is, or write (vide)."))
    return text.strip("\n")
