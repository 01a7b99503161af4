"""Editions, the pages they make, and what becomes of these on each wiki. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from capitalise.bots.roumics.build import Built
from capitalise.bots.roumics.edition import BuiltPage, Edition, Fill, RoumicsSettings, Write
from capitalise.bots.roumics.orphans import pages_left, parts_left
from capitalise.bots.roumics.published import Published, is_foreign
from capitalise.bots.roumics.pulled import Layer, Taken, followed, laid_over, strays
from capitalise.bots.roumics.renamed import build_as_there
from capitalise.bots.roumics.sections import ALL_SECTIONS
from capitalise.errors import SettingsError
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head, Revision
from capitalise.pages.titles import normal_title
from capitalise.plans.lines import lines_of
from capitalise.plans.model import Conflict, Finding, Plan
from capitalise.plans.regions import Part, RegionPage, inside_of, plan_parts, with_page
from capitalise.plans.run_ids import run_of, undone_run
from capitalise.wikitext.canonical import expanded_on_save
from capitalise.wikitext.regions import Region

__all__ = ["plan_roumics"]


def plan_roumics(
    settings: RoumicsSettings,
    reader_of: Callable[[str], Reader],
    editions: Sequence[Edition],
    words: Sequence[Taken],
    run: str,
    created: datetime,
    pages: Sequence[str],
    fill: Fill,
    write: Write,
    *,
    edition: str = "",
    broken: Mapping[str, Message] | None = None,
    published: Published | None = None,
) -> Plan:
    """The plan for the pages of all editions, of one `edition` by its key, or for some `pages` by title, with the `words` that
    people wrote on them. What lists all editions stays as it is while some are `broken` (by key, why). `fill` fills a template, `write` makes wikitext of pandoc's blocks. Raises SettingsError, SheetError, WikiError."""
    plan = Plan(settings.bot, run, created)
    if settings.wiki not in settings.writable:
        why = N_("The wiki “%(key)s” is read only for us: capitalise.toml says write = false.", key=settings.wiki)
        raise SettingsError(why)
    built = build_as_there(settings, reader_of, editions, fill, write)
    if broken:
        built = _without_lists(built, normal_title(settings.index), broken)
    wanted = set(map(normal_title, pages))
    known = {page.title for page in built.pages}
    for title in sorted(wanted - known):
        raise SettingsError(N_("“%(title)s” is none of the bot's pages.", title=title))
    mine = [page for page in built.pages if not edition or page.edition == edition]
    chosen = [page for page in mine if not wanted or page.title in wanted]
    kept = _kept(followed(words, built, reader_of), built, published or {})
    reports = frozenset(one.event.title for one in editions)
    for wiki in dict.fromkeys(page.wiki for page in chosen):
        there = [page for page in chosen if page.wiki == wiki and page.title not in built.waits]
        plan = _with_pages(plan, settings, reader_of(wiki), there, built, kept, reports)
    if wanted or edition:
        titles = {page.title for page in chosen}
        findings = [f for f in built.findings if f.title in titles]
    else:
        events, reader = [one.event for one in editions], reader_of(settings.wiki)
        stray = {one.title for one in kept.stray}
        left = [] if broken else pages_left(settings, reader, events, built, stray)
        findings = [*built.findings, *map(_lost, kept.stray), *left]
    notes = [*built.notes, *plan.notes]
    if plan.conflicts:
        notes.append(N_("To bring what people wrote between the marks into the folder: capitalise roumics pull"))
    return replace(plan, findings=(*plan.findings, *findings), notes=tuple(notes), seen=len(chosen))


def _without_lists(built: Built, index: str, broken: Mapping[str, Message]) -> Built:
    """The pages without what leads to other editions, since not all of them are known, and what is wrong with those."""
    pages = [
        replace(page, regions={name: text for name, text in page.regions.items() if name != "navigation"})
        for page in built.pages
        if page.title != index
    ]
    said = [
        Finding(
            "edition",
            N_("the edition %(key)s is left out: %(why)s", key=key, why=why),
            built.pages[0].wiki if built.pages else "",
            key,
        )
        for key, why in broken.items()
    ]
    return replace(built, pages=pages, findings=[*said, *built.findings])


def _lost(taken: Taken) -> Finding:
    """People's words for a part of a page that is not made (any more)."""
    why = N_(
        "%(file)s holds people's words for the part “%(region)s” of this page, which is not made (any more): correct “page” or "
        "“region” in it",
        file=taken.layers[-1].name,
        region=taken.region,
    )
    return Finding("taken", why, taken.wiki, taken.title, field=taken.region)


# -- what becomes of it on a wiki -----------------------------------------------------------------


def _with_pages(
    plan: Plan,
    settings: RoumicsSettings,
    reader: Reader,
    pages: Sequence[BuiltPage],
    built: Built,
    kept: _Kept,
    reports: Collection[str],
) -> Plan:
    """The plan with the pages of one wiki. A page's history is read only where somebody else has edited it and it would change."""
    heads = built.heads[reader.key]
    there = {page.title: heads[page.title] for page in pages if page.title in heads}
    revisions = reader.revisions([head.revision for head in there.values() if head.revision])
    now = {head_title: revisions.get(head.revision) for head_title, head in there.items()}
    texts = {title: revision.text or "" for title, revision in now.items() if revision}
    alone: frozenset[str] | None = None
    account, summary = reader.account().name, render(N_("Report brought up to date"), settings.language)
    for page in pages:
        head = there.get(page.title)
        if head and (problem := _unfit(head, page)):
            plan = replace(plan, findings=(*plan.findings, problem))
            continue
        current = now.get(page.title)
        parts, others = _parts(settings, page, kept, account)
        if current:
            parts, held = _less_kept(page, parts, texts, kept)
            others += held
            others += parts_left(settings, page.wiki, page.title, texts[page.title]) if page.title in reports else []
        gone = page.title in built.gone[reader.key]
        region = RegionPage(page.wiki, page.title, [current] if current else [], gone)
        change, more = plan_parts(region, parts, account, summary)
        if change and current and alone is None:
            alone = _ours_alone(reader, [r for r in now.values() if r])
        if change and current and page.title not in (alone or ()):
            region = replace(region, history=reader.history(page.title))
            change, more = plan_parts(region, parts, account, summary)
        plan = with_page(plan, change, [*others, *more])
    return plan


def _unfit(head: Head, page: BuiltPage) -> Finding | None:
    """A title that the wiki takes for something else, or whose page was renamed."""
    if head.invalid:
        why = N_("the wiki accepts no such title (%(why)s)", why=head.invalid)
        return Finding("bad-title", why, page.wiki, page.title)
    if head.redirect:
        why = N_(
            "it was renamed: write “%(title)s” into the column “page” (or “title” of event.toml)", title=head.redirect
        )
        return Finding("renamed", why, page.wiki, page.title)
    return None


def _ours_alone(reader: Reader, current: Sequence[Revision]) -> frozenset[str]:
    """The pages that nobody but this account ever edited, and on which no run was undone: every revision's parent is one of
    ours, back to the creation. What its owner did with it in a browser is a person's."""
    account = reader.account().name
    mine = [one for one in current if one.user == account]
    if not mine:
        return frozenset()
    edits = reader.contributions()
    parents = {one.id: one.parent for one in edits if run_of(one.comment)}
    undone = {one.title for one in edits if undone_run(one.comment)}

    def alone(number: int) -> bool:
        while number:
            if number not in parents:
                return False
            number = parents[number]
        return True

    return frozenset(one.title for one in mine if one.title not in undone and alone(one.id))


def _parts(
    settings: RoumicsSettings, page: BuiltPage, kept: _Kept, account: str
) -> tuple[list[Part], list[Conflict | Finding]]:
    """What each region is to hold, with what people wrote there laid over it."""
    parts: list[Part] = []
    others: list[Conflict | Finding] = []
    for name, inside in page.regions.items():
        layers = kept.layers.get((page.wiki, page.title, name), ())
        text, clash = laid_over(inside, layers)
        if clash:
            others.append(Conflict(page.wiki, page.title, f"{name} ({clash.name})", 0, inside, clash.words))
        elif saved := expanded_on_save(text):
            why = N_("it holds “%(text)s”, which the wiki would replace on saving; write it in another way", text=saved)
            others.append(Finding("text", why, page.wiki, page.title, field=name))
        else:
            part = Part(f"{settings.bot}-{name}", name, text, undo_lasts=True)
            part = replace(part, free=partial(layers[-1].free, account=account)) if layers else part
            ours = partial(_is_ours, kept.published, page.wiki, page.title, name, part.free)
            parts.append(replace(part, free=ours))
    return parts, others


def _is_ours(
    published: Published,
    wiki: str,
    title: str,
    name: str,
    free: Callable[[Region, Revision | None], bool],
    region: Region,
    last: Revision | None,
) -> bool:
    """Whether the bot may write over a region, and no colleague's folder wrote it."""
    foreign = not region.touched and is_foreign(published, wiki, title, name, region.inside)
    return free(region, last) and not foreign


@dataclass(frozen=True)
class _Kept:
    """People's words in the folder, those that belong nowhere, their layers by place, every line that the bot builds, and what was
    published from here."""

    words: Sequence[Taken]
    stray: Sequence[Taken]
    layers: Mapping[tuple[str, str, str], Sequence[Layer]]
    built: frozenset[str]
    published: Published

    def file(self, page: BuiltPage, part: Part, texts: Mapping[str, str]) -> str:
        """The file that keeps, for another place, words which a change would take out of this one, or bring back, and which are
        not at their own place; `texts` are those of the pages there are."""
        inside = inside_of(texts[page.title], part.name)
        lost = lines_of(inside) - lines_of(part.inside) - self.built
        back = lines_of(part.inside) - lines_of(inside)
        for one in self.words:
            here = (one.title, one.region) == (page.title, part.label)
            if one.wiki != page.wiki or here or (one.region != part.label and one.region in ALL_SECTIONS):
                continue
            stray = one in self.stray
            there = frozenset() if stray else lines_of(texts.get(one.title, ""))
            for layer in one.layers:
                if layer.added & lost - there or (stray and layer.removed & back):
                    return layer.name
        return ""


def _kept(words: Sequence[Taken], built: Built, published: Published) -> _Kept:
    lines = frozenset(line for page in built.pages for text in page.regions.values() for line in lines_of(text))
    layers = {(one.wiki, one.title, one.region): one.layers for one in words}
    return _Kept(words, strays(words, built), layers, lines, published)


def _less_kept(
    page: BuiltPage, parts: Sequence[Part], texts: Mapping[str, str], kept: _Kept
) -> tuple[list[Part], list[Finding]]:
    """The parts less those that would lose people's words which a file keeps for another place."""
    files = {part.name: kept.file(page, part, texts) for part in parts}
    return [part for part in parts if not files[part.name]], [
        Finding("taken", _kept_elsewhere(files[part.name]), page.wiki, page.title, field=part.label)
        for part in parts
        if files[part.name]
    ]


def _kept_elsewhere(file: str) -> Message:
    return N_(
        "people's words stand here, or were taken out here, which %(file)s keeps for another page or part: correct “page” or "
        "“region” in it, or take the file away; until then this part stays as it is",
        file=file,
    )
