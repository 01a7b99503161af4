"""Which page each row is about, and whether the row's revision number can be trusted.

A number proves nothing by itself: dragging a cell down a column makes 48213, 48214, 48215. The wiki
says which page a revision belongs to now; only the row's own page makes it a base.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from capitalise.bots.fiches.rows import PAGE, REVISION, TITLE, Row
from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head, Revision
from capitalise.pages.titles import near_titles, title_problem
from capitalise.plans.decisions import Ref
from capitalise.plans.merge import Decision
from capitalise.plans.model import Finding

__all__ = ["Match", "Snapshot", "match_rows", "take_snapshot"]


@dataclass(frozen=True)
class Snapshot:
    """What the wiki held at the start of the plan: page titles by listing, heads by title, revisions by id."""

    listing: Mapping[str, int]
    heads: Mapping[str, Head]
    revisions: Mapping[int, Revision]

    def at(self, ref: Ref, title: str = "") -> Revision | None:
        """The revision that a row names, where the wiki still has that text under that number, and (of `title`) on that page."""
        found = self.revisions.get(ref.revision)
        same = found is not None and found.sha1.startswith(ref.mark) and title in ("", found.title)
        return found if same else None

    def spelled(self, title: str) -> str:
        """A title as the wiki spells it: names of namespaces in its language, first letters, signs that it leaves out."""
        head = self.heads.get(title)
        return head.title if head and not head.invalid and title not in self.listing else title

    def head(self, title: str) -> Head:
        if title in self.listing:
            return Head(title, self.listing[title])
        return self.heads.get(title, Head(title, 0))


@dataclass(frozen=True)
class Match:
    """A row and its page. `head` 0: the page is to be created. `base` is the row's trusted revision, if any."""

    row: Row
    title: str
    head: int
    base: Revision | None

    @property
    def renamed_in_sheet(self) -> bool:
        return bool(self.row.page) and self.row.title != self.row.page


def take_snapshot(
    reader: Reader, rows: Iterable[Row], template: str, category: str, more: Iterable[str] = ()
) -> Snapshot:
    """Three batched reads: the listing, the titles it lacks (and `more`), and every revision a merge may start from."""
    rows = list(rows)
    listing = reader.members(template, category)
    asked = {title for row in rows for title in (row.page, row.title) if title and not title_problem(title)} | {*more}
    heads = dict(reader.heads(sorted(asked - set(listing))))
    heads |= {head.title: head for head in list(heads.values()) if head.title not in heads and not head.invalid}
    known = {ref.revision for row in rows if row.number for ref in row.number.refs}
    ids = known | set(listing.values()) | {head.revision for head in heads.values()}
    revisions = reader.revisions(sorted(ids - {0}))
    moved = {r.title for r in revisions.values()} - set(listing) - set(heads)
    heads |= reader.heads(sorted(moved)) if moved else {}
    late = {head.revision for head in heads.values()} - set(revisions) - {0}
    return Snapshot(listing, heads, {**revisions, **(reader.revisions(sorted(late)) if late else {})})


def match_rows(wiki: str, rows: Iterable[Row], snapshot: Snapshot) -> tuple[list[Match], list[Finding]]:
    """Each row with its page, or a finding that says why the row is left alone."""
    matches: list[Match] = []
    findings: list[Finding] = []
    for row in rows:
        match, notes = _match(wiki, row, snapshot)
        findings += notes
        if match:
            matches.append(match)
    times = Counter((match.title, match.row.at.sheet) for match in matches)
    doubles = [m for m in matches if times[m.title, m.row.at.sheet] > 1]
    findings += [
        Finding(
            "duplicate-row",
            N_(
                "the rows %(rows)s are about this one page, and none is used; keep one of them",
                rows=", ".join(
                    str(o.row.at.row) for o in doubles if (o.title, o.row.at.sheet) == (m.title, m.row.at.sheet)
                ),
            ),
            wiki,
            m.title,
            at=m.row.at,
        )
        for m in doubles
    ]
    matches = [m for m in matches if times[m.title, m.row.at.sheet] == 1]
    return _creatable(wiki, matches, snapshot, findings), findings


def _match(wiki: str, row: Row, snapshot: Snapshot) -> tuple[Match | None, list[Finding]]:
    wanted = row.page or row.title

    def finding(rule: str, message: object, field: str = "") -> Finding:
        return Finding(rule, message, wiki, wanted, field=field, at=row.at)  # type: ignore[arg-type]

    for field, title in ((PAGE if row.page else TITLE, wanted), (TITLE, row.title)):
        if problem := title_problem(title):
            return None, [finding("illegal-title", N_("%(why)s; the row is left alone", why=problem), field)]
    base, page, head = snapshot.at(row.ref), wanted, snapshot.head(wanted)
    notes = []
    if head.invalid:
        return None, [finding("illegal-title", N_("the wiki accepts no such title: %(why)s", why=head.invalid), PAGE)]
    if base and base.title != wanted:
        if not row.page:
            why = N_(
                "revision %(id)d is the page “%(page)s”’s: empty the cell “revision” for a new page; the row is left alone",
                id=base.id,
                page=base.title,
            )
            return None, [finding("number-of-another-page", why, REVISION)]
        if head.revision and not head.redirect:
            notes.append(
                finding(
                    "number-of-another-page",
                    N_(
                        "revision %(id)d belongs to the page “%(page)s”: the number is not used",
                        id=base.id,
                        page=base.title,
                    ),
                    REVISION,
                )
            )
            base = None
        else:
            page, head = base.title, snapshot.head(base.title)
    elif row.revision and not base and head.revision:
        notes.append(finding("base-missing", _no_base(row, snapshot), REVISION))
    if head.redirect:
        return None, [
            *notes,
            finding(
                "redirect",
                N_("the page redirects to “%(target)s”; write that title in the row", target=head.redirect),
                TITLE,
            ),
        ]
    if not head.revision and (row.page or row.revision):
        return None, [
            *notes,
            finding(
                "page-deleted",
                N_("the page does not exist any more; the row is kept, and nothing is created again"),
                PAGE,
            ),
        ]
    return Match(row, page, head.revision, base), notes


def _no_base(row: Row, snapshot: Snapshot) -> Message:
    if row.revision in snapshot.revisions:
        return N_(
            "revision %(id)d holds another text than when this row was last in step (was the wiki restored from a copy?): the "
            "number is not used",
            id=row.revision,
        )
    return N_(
        "the wiki does not show revision %(id)d (hidden, deleted or another wiki's): the number is not used",
        id=row.revision,
    )


def _is_other(row: Row) -> bool:
    """Whether people said that a row's title is another page's than the one it is near to."""
    entry = row.answers.entries.get(TITLE)
    return Decision.OTHER in (row.answers.bare, entry.decision if entry else None)


def _creatable(wiki: str, matches: list[Match], snapshot: Snapshot, findings: list[Finding]) -> list[Match]:
    """Rows without page, less those that are nearly an existing page: no bot can take a creation back."""
    kept = []
    nearest = near_titles(dict.fromkeys([*snapshot.listing, *(m.title for m in matches)]))
    for match in matches:
        near = None if match.head or _is_other(match.row) else nearest(match.title)
        if near:
            findings.append(
                Finding(
                    "near-title",
                    N_(
                        "“%(title)s” would be created, but “%(near)s” differs by a letter or accents only; mend the title, or, if "
                        "it is another page, write “autre page” in “à décider”",
                        title=match.title,
                        near=near,
                    ),
                    wiki,
                    match.title,
                    field=TITLE,
                    suggestion=near,
                    at=match.row.at,
                )
            )
        else:
            kept.append(match)
    return kept
