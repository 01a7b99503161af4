"""All pages of a form through the rules, into a plan. Reads, never writes.

What the TOML does not switch on is proposed, not planned. A page rests after a person's edit; what readers cannot see is
never a reason to edit; a change that somebody took back is not made again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from capitalise.bots.normalise.catalogue import RULES, rule_named
from capitalise.bots.normalise.judged import Judged, Pages, judge_pages, named_in
from capitalise.bots.normalise.page import Prepared, Result, normalise_page, prepare
from capitalise.bots.normalise.report import add_pages
from capitalise.bots.normalise.reverted import refused
from capitalise.bots.normalise.structure import Change
from capitalise.bots.normalise.variants import variants_in
from capitalise.errors import SettingsError
from capitalise.forms.files import form_on_wiki
from capitalise.forms.rules.outcome import World
from capitalise.forms.schema import Kind, Schema, read_schema
from capitalise.messages import N_, NP_, render
from capitalise.pages.page_sets import spelled, with_nearest
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Revision, who
from capitalise.pages.titles import sort_key
from capitalise.plans.model import Finding, PageChange, Plan
from capitalise.spread import Mapped, here

__all__ = ["NormaliseSettings", "load_schema", "plan_normalise", "world_of"]

PROPOSED = frozenset(rule.id for rule in RULES if not rule.asked)
CHUNK = 200  # pages
UNSEEN = frozenset(rule.id for rule in RULES if rule.unseen)


@dataclass(frozen=True)
class NormaliseSettings:
    """What the planner needs of a bot's TOML. `rules` are those that may write; `form_text` is the form where it is a file
    of the workspace; `help_page` and `report_page` are titles, "" for none; `hosts` are those of the workspace's wikis."""

    bot: str
    wiki: str
    form: str
    rules: frozenset[str] = frozenset()
    template: str = ""
    category: str = ""
    query: str = ""
    language: str = "fr"
    form_text: str | None = None
    rest: timedelta = timedelta(hours=48)
    lines: Mapping[str, int] = field(default_factory=dict)
    report_page: str = ""
    help_page: str = ""
    tell: str = ""
    hosts: frozenset[str] = frozenset()


Rendered = Callable[[str, Mapping[str, Any]], str]


def plan_normalise(
    settings: NormaliseSettings,
    reader: Reader,
    run: str,
    created: datetime,
    pages: Sequence[str] = (),
    rendered: Rendered | None = None,
    left: Callable[..., bool] = lambda title, *names: False,
    mapped: Mapped = here,
) -> Plan:
    """What the rules would change on the form's pages, and what is left to people. `pages` narrows it to some titles;
    `rendered` fills the templates of the help and report pages; `left` says which pages, and which of their fields, are left alone; what is done
    page by page goes through `mapped`. Raises SettingsError, WikiError."""
    schema = load_schema(settings, reader)
    prepared = prepare(schema, reader.extension_tags())
    _refuse_unknown_fields(settings, schema)
    listing = _listing(settings, reader, schema)
    wanted = _wanted(spelled(reader, pages, listing), listing)
    revisions = reader.revisions(listing[title] for title in sorted(wanted, key=sort_key))
    found = [r for r in revisions.values() if r.text is not None and not left(r.title)]
    found.sort(key=lambda r: sort_key(r.title))
    named_by = list(mapped(partial(named_in, prepared, reader.address()), _texts(found)))
    world = world_of(settings, reader, prepared, set[str]().union(*named_by))
    work = _Work(settings, reader, prepared, world, created, left)
    named: list[tuple[str, str, str]] = []
    for revision, judged in zip(found, _judged(work, found, named_by, mapped), strict=True):
        work.add(revision, judged)
        named += [(label, item, revision.title) for label, item in judged.names]
    work.edited_before()
    if not pages:
        work.findings += variants_in(named, settings.wiki)
    plan = work.plan(run, len(listing))
    if rendered and not pages:
        plan = add_pages(plan, settings, reader, rendered)
    return plan


def load_schema(settings: NormaliseSettings, reader: Reader) -> Schema:
    """Raises SettingsError where there is no such form, or it fills no template."""
    text = form_on_wiki(reader, settings.form) if settings.form_text is None else settings.form_text
    schema = read_schema(reader, settings.form, text)
    if not schema.templates:
        raise SettingsError(N_("The form “%(form)s” fills no template.", form=settings.form))
    return schema


def world_of(settings: NormaliseSettings, reader: Reader, prepared: Prepared, named: Collection[str]) -> World:
    """What the rules may know of the wiki, in few requests: none where no field names a page. `named`: the titles that pages name."""
    world = World(settings.language, lines=settings.lines, tags=prepared.tags)
    fields = [f for t in prepared.templates.values() for f in t.fields.values() if f.kind == Kind.PAGE]
    if not fields:
        return world
    interwiki = reader.interwiki()
    heads = reader.heads(sorted(named)) if named else {}
    titles = {one.name: one.values for one in fields}
    return replace(
        world,
        heads=heads,
        titles=titles,
        address=reader.address(),
        interwiki={prefix: url for prefix, url in interwiki.items() if _host(url) in settings.hosts},
        prefixes=frozenset(interwiki),
        capital=reader.capital_links(),
    )


def _some(found: Sequence[Revision]) -> Iterator[Sequence[Revision]]:
    """Some hundred pages at a time."""
    return (found[start : start + CHUNK] for start in range(0, len(found), CHUNK))


def _texts(found: Sequence[Revision]) -> Iterator[tuple[str, ...]]:
    return (tuple(one.text or "" for one in some) for some in _some(found))


def _judged(work: _Work, found: Sequence[Revision], named_by: Sequence[set[str]], mapped: Mapped) -> Iterator[Judged]:
    """The pages by the rules, in their order. `named_by` has the titles that each hundred names."""
    rules, heads = work.settings.rules, work.world.heads
    judge = partial(judge_pages, work.prepared, replace(work.world, heads={}), rules, PROPOSED | rules)
    pages = (
        Pages(
            texts, tuple(work.apart(one.title) for one in some), {title: heads[title] for title in named & heads.keys()}
        )
        for texts, some, named in zip(_texts(found), _some(found), named_by, strict=True)
    )
    return chain.from_iterable(mapped(judge, pages))


def _host(address: str) -> str:
    """The name of the machine in an address; "" for none."""
    found = re.match(r"(?:https?:)?//([^/?#:@\s]+)", address)
    return found[1].lower() if found else ""


def _refuse_unknown_fields(settings: NormaliseSettings, schema: Schema) -> None:
    fields = [f for template in schema.templates for f in template.fields.values()]
    for name in settings.lines:
        if not any(name in (f.name, f.label) for f in fields):
            there = ", ".join(f.name for f in fields)
            raise SettingsError(
                N_("“lines”: there is no field “%(field)s”. There is: %(there)s.", field=name, there=there)
            )


def _listing(settings: NormaliseSettings, reader: Reader, schema: Schema) -> Mapping[str, int]:
    """Title → current revision of the pages that the bot looks after."""
    main = schema.form.main or schema.form.templates[0]
    if not settings.query:
        return reader.members(settings.template or main.name, settings.category)
    titles = reader.query_smw(settings.query)
    if titles is None:
        raise SettingsError(
            N_("The wiki “%(wiki)s” has no Semantic MediaWiki to answer “query”: use “category”.", wiki=reader.key)
        )
    return {title: head.revision for title, head in reader.heads(titles).items() if head.revision}


def _wanted(wanted: set[str], listing: Mapping[str, int]) -> set[str]:
    """The titles to look at. Raises SettingsError for one that is not in the listing."""
    for title in sorted(wanted - set(listing)):
        why = N_("The form has no page “%(title)s” on the wiki.", title=title)
        raise SettingsError(with_nearest(why, title, listing))
    return wanted or set(listing)


class _Work:
    """Pages on their way into a plan."""

    def __init__(
        self,
        settings: NormaliseSettings,
        reader: Reader,
        prepared: Prepared,
        world: World,
        now: datetime,
        left: Callable[..., bool],
    ) -> None:
        self.left = left
        self.settings, self.reader, self.prepared, self.world, self.now = settings, reader, prepared, world, now
        self.changes: list[PageChange] = []
        self.results: dict[str, Result] = {}
        self.answers: dict[str, dict[str, Revision]] = {}
        self.proposals: list[PageChange] = []
        self.findings: list[Finding] = []
        self.unseen: list[str] = []
        self.resting: list[str] = []

    def add(self, revision: Revision, judged: Judged) -> None:
        """One page: what is written, what is proposed, what is found."""
        text, written = revision.text or "", judged.written
        if judged.skip:
            self.findings.append(Finding("unreadable-page", judged.skip, self.settings.wiki, revision.title))
            return
        self._find(revision, text, judged.whole)
        self._propose(revision, text, written, judged.whole)
        if written.text == text:
            return
        if not _seen(written.changes):
            self.unseen.append(revision.title)
        elif self._rests(revision):
            self.resting.append(revision.title)
        else:
            self.results[revision.title] = written
            self.changes.append(self._change(revision.title, revision.id, text, written))

    def apart(self, title: str) -> frozenset[str]:
        """The fields of a page that are left alone, by label."""
        fields = (one for template in self.prepared.templates.values() for one in template.fields.values())
        return frozenset(one.label for one in fields if self.left(title, one.name, one.label))

    def _find(self, revision: Revision, text: str, result: Result) -> None:
        told = set()
        for remark in result.remarks:
            one = Finding(
                remark.doubt.rule,
                remark.doubt.message,
                self.settings.wiki,
                revision.title,
                line=text.count("\n", 0, min(remark.at, len(text))) + 1,
                field=remark.label,
                suggestion=" ; ".join(remark.doubt.candidates),
            )
            key = (one.rule, one.field, render(one.message, "en"))
            self.findings += [one] if key not in told else []
            told.add(key)

    def _propose(self, revision: Revision, text: str, written: Result, whole: Result) -> None:
        done = {(c.label, c.before, c.after) for c in written.changes}
        more = tuple(c for c in whole.changes if (c.label, c.before, c.after) not in done)
        if _seen(more):
            self.proposals.append(self._change(revision.title, revision.id, text, Result(whole.text, more)))

    def _rests(self, revision: Revision) -> bool:
        """After anybody's edit: what a run wrote may be what somebody typed into a sheet."""
        return self.now - revision.timestamp < self.settings.rest

    def _change(self, title: str, base: int, text: str, result: Result) -> PageChange:
        language = self.settings.language
        values = tuple((_named(change, language), change.before, change.after) for change in result.changes)
        labels = tuple(dict.fromkeys(change.label for change in result.changes))
        summary = self._summary(result.changes)
        return PageChange(self.settings.wiki, title, base, text, result.text, summary, labels, values=values)

    def _summary(self, changes: Sequence[Change]) -> str:
        """Field and rule in words, and why: in one click."""
        inorder = sorted(changes, key=lambda change: not _seen([change]))
        words = dict.fromkeys(_named(change, self.settings.language) for change in inorder)
        first = next((rule for change in inorder for rule in change.rules if rule not in UNSEEN), "")
        why = render(N_("the rule"), self.settings.language)
        link = f"[[{self.settings.help_page}#{first}|{why}]]" if self.settings.help_page else f"(#{first})"
        shown = ", ".join(words)
        return f"{shown if len(shown) <= 200 else shown[:199] + '…'} {link}"  # refused.py knows the rule by it

    def edited_before(self) -> None:
        """Pages that this bot edited before: a person who undid that has answered, and rests too."""
        titles = {one.title for one in self.reader.contributions()} if self.changes or self.proposals else set()
        self.changes = [again for one in self.changes if (again := self._allowed(one, titles))]
        self.proposals = [one for one in self.proposals if one.title not in titles or not self._all_refused(one)]

    def _allowed(self, one: PageChange, titles: set[str]) -> PageChange | None:
        """The change less the fields that people took back."""
        if one.title not in titles:
            return one
        said = self._said(one.title)
        for label in sorted(said):
            if any(label == change.label for change in self.results[one.title].changes):
                why = N_(
                    "%(user)s changed this field after the bot did (%(when)s): the bot leaves it alone from now on",
                    user=who(said[label].user),
                    when=said[label].timestamp.date(),
                )
                self.findings.append(Finding("reverted", why, one.wiki, one.title, field=label))
        result = normalise_page(
            one.old, self.prepared, self.world, self.settings.rules, frozenset(said) | self.apart(one.title)
        )
        if result.text == one.old or not _seen(result.changes):
            return None
        return self._change(one.title, one.base, one.old, result)

    def _all_refused(self, one: PageChange) -> bool:
        said = self._said(one.title)
        return all(label in said for label in one.fields)

    def _said(self, title: str) -> dict[str, Revision]:
        if title not in self.answers:
            self.answers[title] = refused(
                self.reader.history(title, 1), self.reader.account().name, self.prepared, self.settings.language
            )
        return self.answers[title]

    def plan(self, run: str, seen: int) -> Plan:
        notes = [
            NP_(
                "%(count)d page rests: somebody edited it lately (%(titles)s).",
                "%(count)d pages rest: somebody edited them lately (%(titles)s).",
                len(self.resting),
                titles=_first(self.resting),
            )
            for _once in self.resting[:1]
        ] + [
            NP_(
                "%(count)d page holds only what readers cannot see (%(titles)s): mended with its next real change.",
                "%(count)d pages hold only what readers cannot see (%(titles)s): mended with their next real change.",
                len(self.unseen),
                titles=_first(self.unseen),
            )
            for _once in self.unseen[:1]
        ]
        if not self.settings.rules and self.proposals:
            notes.append(
                N_(
                    'Nothing of this is written: bots/%(bot)s.toml says mode = "propose", or switches no rule on.',
                    bot=self.settings.bot,
                )
            )
        findings = sorted(self.findings, key=lambda f: (sort_key(f.title), f.rule))
        return Plan(
            self.settings.bot,
            run,
            self.now,
            tuple(self.changes),
            findings=tuple(findings),
            notes=tuple(notes),
            seen=seen,
            proposals=tuple(self.proposals),
        )


def _first(titles: Sequence[str], most: int = 5) -> str:
    return ", ".join(titles[:most]) + (", …" if len(titles) > most else "")


def _seen(changes: Iterable[Change]) -> bool:
    """Whether a reader of the page sees any of it."""
    return any(rule not in UNSEEN for change in changes for rule in change.rules)


def _named(change: Change, language: str) -> str:
    """“Étape (valeur du formulaire)”."""
    seen = [rule for rule in change.rules if rule not in UNSEEN] or list(change.rules)
    return f"{change.label} ({', '.join(dict.fromkeys(render(rule_named(rule).name, language) for rule in seen))})"
