"""The words of a finding's rule, as people read them behind its sentence."""

from __future__ import annotations

from capitalise.crosslinks.names import RULES as ABOUT_LINKS
from capitalise.messages import N_, Message
from capitalise.normalise.catalogue import ALL, LIMITS, rule_named

__all__ = ["ABOUT_LINKS", "rule_name"]

#: What the bots of sheets, reports and regions, the writer and the checks of forms say; the other kinds have tables of their own.
_NAMES: dict[str, Message] = {
    "bad-title": N_("impossible title"),
    "base-missing": N_("row without a base"),
    "cannot-create": N_("page that cannot be created"),
    "cannot-edit": N_("page that cannot be edited"),
    "cannot-rename": N_("page that cannot be renamed"),
    "ceiling": N_("too much for a bot alone"),
    "cell-changed": N_("cell changed meanwhile"),
    "conflict-copy": N_("copy of a file"),
    "decision-not-understood": N_("answer not understood"),
    "decision-outdated": N_("answer to another text"),
    "decision-without-question": N_("answer without a question"),
    "delimiter-in-value": N_("delimiter inside a value"),
    "delimiters-disagree": N_("two delimiters"),
    "double-field": N_("field there twice"),
    "double-value": N_("value there twice"),
    "duplicate-row": N_("page with two rows"),
    "embed-target": N_("form inside a form"),
    "emptied-in-sheet": N_("emptied in the sheet"),
    "emptied-on-wiki": N_("emptied on the wiki"),
    "expanded-on-save": N_("text that saving changes"),
    "held-back": N_("words held back"),
    "hidden-mandatory": N_("mandatory and hidden"),
    "hidden-words": N_("words readers do not see"),
    "illegal-title": N_("impossible title"),
    "left": N_("left behind"),
    "length": N_("length"),
    "lost-parameter": N_("parameter that saving loses"),
    "missing-column": N_("field without a column"),
    "missing-template": N_("template that is not there"),
    "near-title": N_("title close to another"),
    "no-date": N_("day missing"),
    "no-file": N_("file missing"),
    "no-length": N_("end missing"),
    "no-link": N_("link missing"),
    "no-meaning": N_("line not understood"),
    "no-place": N_("place missing"),
    "no-session": N_("session missing"),
    "no-template": N_("form without a template"),
    "no-theme": N_("theme missing"),
    "no-time": N_("hour missing"),
    "no-title": N_("title missing"),
    "more-than-words": N_("more than words"),
    "nobots": N_("no bots here"),
    "not-a-number": N_("no revision number"),
    "not-text": N_("no text"),
    "not-undone": N_("not taken back"),
    "notes": N_("notes"),
    "nothing-to-pick": N_("nothing to pick from"),
    "number-of-another-page": N_("number of another page"),
    "other-day": N_("another day"),
    "overlap": N_("at the same time"),
    "overview": N_("overview page"),
    "page-deleted": N_("page deleted"),
    "pipe-in-property": N_("a pipe inside a property"),
    "private": N_("words held back"),
    "pull": N_("words on the wiki"),
    "region": N_("words between a bot's marks"),
    "rename-target-exists": N_("a page has the new title"),
    "renamed": N_("page renamed"),
    "edition": N_("edition that cannot be read"),
    "left-out": N_("part of a document that is not published"),
    "renamed-differently": N_("page renamed"),
    "renamed-twice": N_("page renamed twice"),
    "reverted": N_("taken back on the wiki"),
    "row-missing": N_("row missing"),
    "row-without-title": N_("row without a title"),
    "run-page": N_("run page"),
    "same-number": N_("same number"),
    "same-page": N_("same page"),
    "search-input": N_("search field"),
    "second-headings": N_("headings again"),
    "strange-default": N_("strange default"),
    "sheet": N_("sheet that cannot be written"),
    "stray-field": N_("field outside a template"),
    "taken": N_("words in the folder"),
    "text": N_("text"),
    "time-change": N_("hour that does not exist"),
    "title-emptied": N_("title emptied"),
    "too-long": N_("too long"),
    "too-many-parts": N_("too many parts"),
    "two-names": N_("two names"),
    "types-disagree": N_("two types"),
    "unbalanced-wikitext": N_("unbalanced wikitext"),
    "unclosed-tag": N_("tag that is not closed"),
    "undone": N_("run taken back"),
    "unknown-option": N_("unknown option"),
    "unknown-tag": N_("unknown tag"),
    "unknown-type": N_("unknown type"),
    "untyped-property": N_("property without a type"),
    "unused-field": N_("field that is not used"),
    "picture": N_("picture"),
    "upload": N_("picture"),
    "values-disagree": N_("two lists of values"),
}


def rule_name(rule: str) -> Message:
    """A rule in words; one that can be switched on in a bot's TOML with the word that is typed there."""
    if rule in _NAMES:
        return _NAMES[rule]
    if rule in ABOUT_LINKS:
        return ABOUT_LINKS[rule]
    if rule in ALL:
        return N_("%(name)s · %(rule)s", name=rule_named(rule).name, rule=rule)
    if any(rule == limit.id for limit in LIMITS):
        return rule_named(rule).name
    return N_("%(rule)s", rule=rule)
