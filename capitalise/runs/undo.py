"""A run taken back, as a plan like any other: shown first, then applied by the one writer.

What people wrote on top of the run stays: their lines are kept, the run's are taken out, and where
both touch the same lines nothing is changed and the page is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision
from capitalise.plans.lines import merged_lines
from capitalise.plans.model import Finding, PageChange, Plan
from capitalise.runs.history import PastRun
from capitalise.wikitext.canonical import canonical
from capitalise.wikitext.readings import same_reading, without_change

__all__ = ["plan_undo"]


def plan_undo(
    reader: Reader,
    past: PastRun,
    run: str,
    created: datetime,
    notice: str = "",
    language: str = "fr",
    told_on: Collection[str] = (),
) -> Plan:
    """The plan that takes `past` back. `notice` is the wikitext by which pages are proposed for deletion; the run
    pages (`told_on`) stay, since they say what happened."""
    summary = render(N_("undo of the run %(run)s", run=past.id), language)
    titles = {revision.title for _number, revision in past.edits}
    heads = reader.heads(sorted(titles))
    ids = {i for _n, r in past.edits for i in (r.id, r.parent)} | {h.revision for h in heads.values()}
    texts = reader.revisions(sorted(ids - {0}))
    moves = _moves(past, texts)
    changes: list[PageChange] = []
    findings: list[Finding] = []
    pages: dict[str, list[Revision]] = {}
    for number, revision in past.edits:
        if number not in moves and revision.title not in told_on:
            pages.setdefault(revision.title, []).append(revision)
    for title, revisions in pages.items():
        result = _undone(texts, revisions, heads[title].revision, notice)
        if isinstance(result, Message):
            findings.append(Finding("not-undone", result, reader.key, title))
        elif result is not None:
            head_text = texts[heads[title].revision].text or ""
            changes.append(PageChange(reader.key, title, heads[title].revision, head_text, result, summary))
    for old, new in moves.values():  # after the texts: a rename does not change what a page's text goes on from
        head = texts.get(heads[new].revision)
        if head is None or heads[old].redirect != new:
            why = N_("renamed “%(title)s” by the run, and again by somebody since; it keeps its name", title=new)
            findings.append(Finding("not-undone", why, reader.key, new))
        else:
            changes.append(PageChange(reader.key, new, head.id, head.text or "", head.text or "", summary, move_to=old))
    return Plan("undo", run, created, tuple(changes), findings=tuple(findings))


def _moves(past: PastRun, texts: Mapping[int, Revision]) -> dict[int, tuple[str, str]]:
    """Renames by number: a revision that changed no text, and in the same edit a redirect that was left behind."""
    moves = {}
    for number in {n for n, _r in past.edits}:
        both = [r for n, r in past.edits if n == number]
        left = [r.title for r in both if r.parent == 0]
        kept = [r.title for r in both if r.parent and _same_text(texts, r)]
        if len(both) == 2 and left and kept:
            moves[number] = (left[0], kept[0])
    return moves


def _same_text(texts: Mapping[int, Revision], revision: Revision) -> bool:
    one, two = texts.get(revision.id), texts.get(revision.parent)
    return bool(one and two and one.sha1 == two.sha1)


def _undone(texts: Mapping[int, Revision], revisions: list[Revision], head: int, notice: str) -> str | Message | None:
    """The page's text without the run's edits; a message where that cannot be; None where nothing is left to do."""
    now = texts.get(head)
    if not now or now.text is None:
        return N_("the page does not exist any more")
    if revisions[0].parent == 0:
        return _uncreated(now, texts.get(revisions[-1].id) or revisions[-1], notice)
    text = now.text
    for revision in reversed(revisions):
        after, before = texts.get(revision.id), texts.get(revision.parent)
        if not (after and before) or after.text is None or before.text is None:
            return N_("a revision of the run is hidden; look at the page's history")
        merged = merged_lines(after.text, before.text, text)
        if merged is None:  # a save in a form moves lines: the values tell
            merged = without_change(before.text, after.text, text)
        if merged is None:
            return N_(
                "the same lines were changed since, by people or by a later run; nothing is taken back on this page"
            )
        text = merged
    return text if text != now.text else None


def _uncreated(now: Revision, last: Revision, notice: str) -> str | Message | None:
    if now.id != last.id and not (last.text and same_reading(now.text or "", last.text)):
        return (
            None
            if notice and (now.text or "").startswith(notice)
            else N_("created by the run and edited by somebody since; it stays")
        )
    if not notice:
        return N_(
            "created by the run; no bot can delete a page: ask an administrator, or set “deletion_notice” in capitalise.toml"
        )
    return canonical(f"{notice}\n{now.text}")
