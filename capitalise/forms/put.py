"""A form's kit on a wiki: what is missing is created, what stands there is merged with; and a wiki's own form taken as a kit. Plans only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from capitalise.errors import SettingsError
from capitalise.forms.definition import read_form
from capitalise.forms.kit import KINDS, KitPage, parts_named, written_for
from capitalise.messages import N_, Message
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import Head, Revision
from capitalise.plans.lines import merged_lines
from capitalise.plans.model import Conflict, Finding, PageChange, Plan
from capitalise.plans.reverts import made_before
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.canonical import canonical

__all__ = ["BOT", "form_kit", "plan_put"]

#: What stands in summaries where another bot's name would.
BOT, MERGED = "formulaires", "formulaires, fusion"


def form_kit(reader: Reader, names: Sequence[str]) -> dict[str, str]:
    """The pages of some forms of a wiki by title: forms, their templates, the properties that these store in, their categories. Raises
    SettingsError for a form that is not there."""
    forms = reader.definitions("form", names)
    if missing := [name for name in names if name not in forms]:
        raise SettingsError(N_("The wiki “%(wiki)s” has no form “%(form)s”.", wiki=reader.key, form=", ".join(missing)))
    wanted = dict.fromkeys(one.name for page in forms.values() for one in read_form(page.text or "").templates)
    templates = reader.definitions("template", list(wanted))
    parts = list(parts_named({name: page.text or "" for name, page in templates.items()}))
    properties = reader.definitions("property", list(dict.fromkeys(name for kind, name in parts if kind == "property")))
    found = [*forms.values(), *templates.values(), *properties.values()]
    prefix = reader.prefixes().get("category", "Category")
    categories = _pages(reader, [f"{prefix}:{name}" for kind, name in parts if kind == "category"])
    return {page.title: page.text or "" for page in [*found, *categories.values()]}


def plan_put(
    reader: Reader, pages: Iterable[KitPage], run: str, created: datetime, replace: Sequence[str] = ()
) -> Plan:
    """The pages of a kit on a wiki. `replace` are titles whose page takes the kit's text whatever stands there."""
    prefixes = reader.prefixes()
    texts, left = written_for(pages, prefixes)
    heads = reader.heads(texts)
    there = _pages(reader, texts, heads)
    gone = reader.deleted_among([title for title, head in heads.items() if not head.revision])
    wanted = {heads[title].title for title in texts}
    if strange := [title for title in replace if title not in wanted]:
        raise SettingsError(
            N_("“%(title)s” is no page of the kit; they are: %(there)s.", title=strange[0], there=", ".join(wanted))
        )
    changes: list[PageChange] = []
    others: list[Conflict | Finding] = []
    for title, text in texts.items():
        spelled = heads[title].title
        if heads[title].redirect:
            why = N_(
                "the page is a redirect to “%(target)s” now: nothing is written there", target=heads[title].redirect
            )
            others.append(Finding("form-page", why, reader.key, spelled))
        elif title in gone and spelled not in replace:
            why = N_("the page was deleted, and is created again only if you say so: --replace and its title")
            others.append(Finding("form-page", why, reader.key, spelled))
        else:
            made = _change(reader, spelled, there.get(title), canonical(text), anyhow=spelled in replace)
            changes += [made] if isinstance(made, PageChange) else []
            others += [made] if isinstance(made, Conflict | Finding) else []
    return Plan(
        BOT,
        run,
        created,
        pages=tuple(changes),
        conflicts=tuple(one for one in others if isinstance(one, Conflict)),
        findings=tuple(one for one in others if isinstance(one, Finding)),
        notes=(*_notes(prefixes, left), *(_to_decide(one) for one in others if isinstance(one, Conflict))),
        seen=len(texts),
    )


def _pages(reader: Reader, titles: Iterable[str], heads: Mapping[str, Head] | None = None) -> dict[str, Revision]:
    """The pages that there are, by the title as asked for."""
    heads = reader.heads(titles) if heads is None else heads
    revisions = reader.revisions([head.revision for head in heads.values() if head.revision])
    return {title: revisions[head.revision] for title, head in heads.items() if head.revision in revisions}


def _change(
    reader: Reader, title: str, page: Revision | None, text: str, *, anyhow: bool
) -> PageChange | Conflict | Finding | None:
    """What becomes of one page of the kit: nothing where it holds the text, or what people made of the kit's."""
    summary = f"{BOT} : {title}"
    if page is None:
        return PageChange(reader.key, title, 0, "", text, summary)
    now = page.text or ""
    if canonical(now) == text:
        return None
    if anyhow:
        return PageChange(reader.key, title, page.id, now, text, summary)
    history = reader.history(title)
    base = _last_put(reader.account().name, history)
    earlier = {canonical(one.text or "") for one in history if base and one.id < base.id}
    if base and text != canonical(base.text or "") and text in earlier:
        why = N_(
            'a newer text of the kit was put here since; to go back to this one all the same: --replace "%(title)s"',
            title=title,
        )
        return Finding("form-page", why, reader.key, title)
    new = merged_lines(canonical(base.text or ""), canonical(now), text) if base else None
    if new is not None and new != canonical(now) and made_before(history, reader.account().name, now, new):
        why = N_('somebody took back here what the kit says; to put it again: --replace "%(title)s"', title=title)
        return Finding("reverted", why, reader.key, title)
    if new is not None:
        how = summary if new == text else f"{MERGED} : {title}"
        return PageChange(reader.key, title, page.id, now, new, how) if new != canonical(now) else None
    if base:
        return Conflict(reader.key, title, "", base.id, text, now, page.user, revision=page.id)
    why = N_(
        'the wiki has a page of its own here, and it stays as it is; to see the kit\'s text beside it and to take that: --replace "%(title)s"',
        title=title,
    )
    return Finding("form-page", why, reader.key, title)


def _to_decide(conflict: Conflict) -> Message:
    return N_(
        "“%(title)s”: the kit and somebody on the wiki changed the same lines. Write it there as it should be, or take the kit's text: "
        '--replace "%(title)s"',
        title=conflict.title,
    )


def _last_put(account: str, history: Sequence[Revision]) -> Revision | None:
    """The revision of a page that holds the kit's own text and nothing else, the last one: what both sides started from. What we merged since
    holds people's lines and is no base, nor is another run of ours: that is somebody's wish, too."""
    ours = [one for one in history if one.user == account and _puts(one.comment)]
    return ours[-1] if ours else None


def _puts(comment: str) -> bool:
    return run_of(comment) is not None and comment.startswith(f"{BOT} : ")


def _notes(prefixes: Mapping[str, str], left: Sequence[KitPage]) -> Iterator[Message]:
    titles = ", ".join(f"{KINDS[one.kind][0]}:{one.name}" for one in left)
    if "form" not in prefixes:
        yield N_(
            "This wiki has no Page Forms: people fill the template by hand, the form itself (%(form)s) stays a file for the bot.",
            form=", ".join(f"{KINDS[one.kind][0]}:{one.name}" for one in left if one.kind == "form") or "–",
        )
    if "property" not in prefixes:
        yield N_("This wiki has no Semantic MediaWiki: values are shown, not stored.")
    if left:
        yield N_("Not put there: %(titles)s.", titles=titles)
