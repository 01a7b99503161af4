"""The kind `crosslinks`: the links between the research pages, the book and what quotes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from capitalise.bots.crosslinks.rules import RULES
from capitalise.bots.crosslinks.settings import Crosslinks, read_crosslinks
from capitalise.bots.kind import Kind, Task
from capitalise.errors import SettingsError, SheetError
from capitalise.messages import N_, Message
from capitalise.pages.link_status import OutsideAnswer
from capitalise.plans.model import Plan
from capitalise.sheets.documents import DocumentLink, links_in_document

__all__ = ["KIND"]


def plan(crosslinks: Crosslinks, task: Task) -> Plan:
    from capitalise.bots.crosslinks.planner import CrosslinkSettings, plan_crosslinks

    settings = CrosslinkSettings(
        task.bot,
        crosslinks.sets,
        task.machines,
        _documents(task.folder, crosslinks.files),
        task.wiki,
        report(crosslinks, task),
        task.language,
        crosslinks.fix if task.request.fix else (),
        task.writable,
        task.copies,
    )
    made = plan_crosslinks(
        settings,
        task.reader_of,
        task.run,
        task.created,
        task.request.pages,
        partial(task.fill, "crosslinks.wiki.jinja"),
        _outside(crosslinks, task),
        task.mapped,
    )
    if crosslinks.outside and task.ask_outside is None:
        why = N_("Other sites were not asked: capitalise.toml has no “contact” to say who asks.")
        made = replace(made, notes=(*made.notes, why))
    return made


def _outside(crosslinks: Crosslinks, task: Task) -> Callable[[Sequence[str]], Mapping[str, OutsideAnswer]] | None:
    """Addresses of other sites asked for, as the TOML allows."""
    if not crosslinks.outside or task.ask_outside is None:
        return None
    return partial(task.ask_outside, minutes=crosslinks.outside_minutes, private=crosslinks.outside_private)


def _documents(folder: Path, patterns: Sequence[str]) -> dict[str, Sequence[DocumentLink] | Message]:
    """The links of the files that some patterns stand for, by name, or why one cannot be read. Raises SettingsError for a pattern that
    stands for none."""
    found: dict[str, Sequence[DocumentLink] | Message] = {}
    for pattern in patterns:
        paths = (path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith(("~$", ".~lock")))
        names = sorted(path.relative_to(folder).as_posix() for path in paths)
        if not names:
            raise SettingsError(N_("No file is called %(pattern)s in %(folder)s.", pattern=pattern, folder=folder))
        found |= {name: _links(folder / name) for name in names if name not in found}
    return found


def _links(path: Path) -> Sequence[DocumentLink] | Message:
    try:
        return links_in_document(path)
    except SheetError as error:
        return error.message


def report(crosslinks: Crosslinks, task: Task) -> str:
    """The page of the report: what the TOML says; else one beside the bot's stop page, where it may write."""
    if crosslinks.report_page is not None:
        return crosslinks.report_page
    home = task.home() if task.wiki in task.writable else ""
    return f"{home}/Liens" if home else ""


KIND = Kind(
    Crosslinks,
    plan,
    read_crosslinks,
    reads=lambda crosslinks: crosslinks.files,
    rules=RULES,
    fixes=True,
    report=report,
    menu=N_("see which links are wrong, and who quotes whom (%(bot)s; nothing is written)", bot=""),
)
