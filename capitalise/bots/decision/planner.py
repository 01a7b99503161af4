"""The pages of threads, each between the bot's marks, and the page that lists them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from capitalise.bots.decision.loomio import read_csv, read_json
from capitalise.bots.decision.names import without_names
from capitalise.bots.decision.pasted import read_pasted
from capitalise.bots.decision.thread import Thread
from capitalise.bots.kind import Task
from capitalise.errors import SettingsError
from capitalise.files import reason
from capitalise.messages import N_, Message, render
from capitalise.messages.times import day
from capitalise.pages.page_sets import with_nearest
from capitalise.pages.titles import normal_title, title_problem
from capitalise.plans.model import Finding, Plan
from capitalise.plans.regions import with_region_page

__all__ = ["Decisions", "plan_decisions"]

EXPORTS = {".json": read_json, ".jsonl": read_json, ".csv": read_csv}  # any other file was pasted
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Decisions:
    """`files` are exports or pasted texts in the workspace (patterns too). `threads` are the titles of those to publish; none: those that
    everybody may read. A page is called `prefix` and the thread's title; `index_page` lists them."""

    files: tuple[str, ...]
    threads: tuple[str, ...] = ()
    prefix: str = ""
    index_page: str = ""


@dataclass
class _Draft:
    """What a plan holds so far."""

    findings: list[Finding] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


def plan_decisions(settings: Decisions, task: Task) -> Plan:
    draft = _Draft()
    chosen = _chosen(
        settings, [one for path in _paths(settings, task.folder) for one in _read(path, task.folder)], draft
    )
    titled = list(_titled(settings, chosen, draft))
    wanted = {normal_title(title) for title in task.request.pages}
    there = [title for title, _thread in titled]
    for title in sorted(wanted - {*there}):
        raise SettingsError(with_nearest(N_("“%(title)s” is none of the bot's pages.", title=title), title, there))
    made = replace(task.plan(len(titled), draft.findings), notes=tuple(draft.notes))
    if task.wiki not in task.writable:
        why = N_("Nothing is written: capitalise.toml says write = false for “%(wiki)s”.", wiki=task.wiki)
        return replace(made, notes=(*made.notes, why))
    for title, thread in titled:
        if not wanted or title in wanted:
            made = _with_page(made, task, title, thread)
    if settings.index_page and not wanted:
        made = _with_index(made, task, settings.index_page, titled)
    return made


# -- which threads ----------------------------------------------------------------------------


def _paths(settings: Decisions, folder: Path) -> list[Path]:
    """The files, in the order of their names. Raises SettingsError for a pattern that stands for none, or leads out of the workspace."""
    found: dict[Path, None] = {}
    for pattern in settings.files:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise SettingsError(N_("“%(pattern)s” leads out of the workspace.", pattern=pattern))
        there = sorted(one for one in folder.glob(pattern) if one.is_file() and not one.name.startswith((".", "~")))
        if not there:
            raise SettingsError(N_("No file is called %(pattern)s in %(folder)s.", pattern=pattern, folder=folder))
        found |= dict.fromkeys(there)
    return list(found)


def _read(path: Path, folder: Path) -> list[Thread]:
    name = path.relative_to(folder).as_posix()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsError(
                N_("%(file)s is larger than %(most)d MB: export one group at a time.", file=name, most=MOST_BYTES >> 20)
            )
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(N_("%(file)s is not UTF-8 text: save it as UTF-8", file=name)) from error
    except OSError as error:
        raise SettingsError(N_("%(file)s: %(why)s", file=name, why=reason(error))) from error
    read = EXPORTS.get(path.suffix.lower())
    return read(text, name) if read else [read_pasted(text, name)]


def _chosen(settings: Decisions, threads: Sequence[Thread], draft: _Draft) -> list[Thread]:
    """Those that are named; where none is, those that everybody may read, and what was pasted by somebody."""
    wanted = {" ".join(title.split()).casefold(): title for title in settings.threads}
    if wanted:
        there = {one.title.casefold() for one in threads}
        for missing in [title for key, title in wanted.items() if key not in there]:
            draft.findings.append(
                Finding("no-thread", N_("no file has a thread called “%(title)s”", title=missing), title=missing)
            )
        return [one for one in threads if one.title.casefold() in wanted]
    private = [one for one in threads if not one.public and _exported(one)]
    if private:
        titles = ", ".join(f"“{one.title}”" for one in private[:10])
        draft.notes.append(
            N_(
                "Left out, since not everybody may read them (name those to publish in “threads”): %(titles)s",
                titles=titles + (" …" if len(private) > 10 else ""),
            )
        )
    return [one for one in threads if one.public or not _exported(one)]


def _exported(thread: Thread) -> bool:
    return Path(thread.source).suffix.lower() in EXPORTS


def _titled(settings: Decisions, threads: Sequence[Thread], draft: _Draft) -> Iterator[tuple[str, Thread]]:
    """Each with the title of its page; those that have none of their own are named."""
    titles = [normal_title(settings.prefix + one.title) for one in threads]
    times = Counter([*titles, *([settings.index_page] if settings.index_page else [])])
    for title, thread in zip(titles, threads, strict=True):
        shown, left = (thread, 0) if thread.public else without_names(thread)
        if title_problem(title) or not thread.title:
            why = N_("%(file)s: “%(title)s” cannot be the title of a page", file=thread.source, title=thread.title)
            draft.findings.append(Finding("bad-title", why, title=title))
        elif not settings.prefix and ":" in thread.title:
            why = N_(
                "%(file)s: “%(title)s” could be read as a page of another kind, or of another wiki; set “prefix”",
                file=thread.source,
                title=thread.title,
            )
            draft.findings.append(Finding("bad-title", why, title=title))
        elif times[title] > 1:
            why = N_("%(file)s: another thread, or the list, has this title too; it is not written", file=thread.source)
            draft.findings.append(Finding("same-title", why, title=title))
        elif shown.title != thread.title:
            why = N_(
                "%(file)s: a name stands in the title of a thread that not everybody may read; it is not written",
                file=thread.source,
            )
            draft.findings.append(Finding("names-left-out", why))
        else:
            if left:
                draft.notes.append(
                    N_(
                        "“%(title)s”: not everybody may read this thread; names of people, or addresses that lead to them, were left out %(count)d times ([…]).",
                        title=thread.title,
                        count=left,
                    )
                )
            yield title, shown


# -- pages ------------------------------------------------------------------------------------


def _with_page(plan: Plan, task: Task, title: str, thread: Thread) -> Plan:
    inside = task.fill("decision/page.wiki.jinja", _values(thread, task.language))
    label = render(_state(thread), task.language)
    return with_region_page(plan, task.reader, title, "decision", label, re.sub(r"\n{3,}", "\n\n", inside).strip())


def _with_index(plan: Plan, task: Task, page: str, titled: Sequence[tuple[str, Thread]]) -> Plan:
    newest = sorted(titled, key=lambda one: (_ended(one[1]) or date.min, one[0]), reverse=True)
    rows = [
        {
            "title": title,
            "name": thread.title,
            "when": _said(_ended(thread), task.language),
            "state": render(_state(thread), task.language),
        }
        for title, thread in newest
    ]
    inside = task.fill("decision/index.wiki.jinja", {"threads": rows})
    return with_region_page(
        plan, task.reader, page, "decisions", render(N_("decisions"), task.language), inside.strip()
    )


def _state(thread: Thread) -> Message:
    if thread.decided:
        return N_("decision")
    if not all(poll.over for poll in thread.polls):
        return N_("vote that is not over, or whose end nobody knows")
    return N_("vote without a written result") if thread.polls else N_("information, without a vote")


def _ended(thread: Thread) -> date | None:
    days = [outcome.at for poll in thread.polls for outcome in poll.outcomes if outcome.at]
    days += [poll.closed for poll in thread.polls if poll.closed]
    return max(days, default=thread.last or thread.opened)


def _said(at: date | None, language: str) -> str:
    return day(at, language) if at else ""


def _values(thread: Thread, language: str) -> Mapping[str, Any]:
    return {
        "state": render(_state(thread), language),
        "opened": _said(thread.opened, language),
        "by": thread.by,
        "context": thread.lines,
        "messages": thread.messages,
        "people": thread.people,
        "last": _said(thread.last, language),
        "polls": [
            {
                "title": poll.title,
                "lines": poll.lines,
                "opened": _said(poll.opened, language),
                "closes": _said(poll.closes, language),
                "over": poll.over,
                "closed": _said(poll.closed, language),
                "options": [{"name": name, "votes": votes} for name, votes in poll.options],
                "outcomes": [
                    {"at": _said(o.at, language), "lines": o.lines, "by": o.by, "heading": o.heading}
                    for o in poll.outcomes
                ],
            }
            for poll in thread.polls
        ],
        "links": thread.links,
    }
