"""The kind `normalise`: what people typed into a form, made what the form means, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from capitalise.bots.kind import Facts, Kind, Task
from capitalise.bots.normalise.catalogue import LIMITS, RULES
from capitalise.bots.normalise.settings import Normalise, read_normalise
from capitalise.errors import SettingsError
from capitalise.forms.files import form_text
from capitalise.messages import N_, Message
from capitalise.plans.model import Check, Plan

if TYPE_CHECKING:
    from capitalise.bots.normalise.planner import NormaliseSettings

__all__ = ["KIND", "settings_of"]


def plan(normalise: Normalise, task: Task) -> Plan:
    from capitalise.bots.normalise.planner import plan_normalise

    settings = settings_of(normalise, task)
    asked = task.request
    made = plan_normalise(
        settings, task.reader, task.run, task.created, asked.pages, task.fill, asked.left, task.mapped
    )
    if made.seen or not made.empty or made.findings:
        return made
    nothing = N_("No page is filled by the form “%(form)s” yet.", form=normalise.form)
    return replace(made, notes=(*made.notes, nothing))


def settings_of(normalise: Normalise, task: Task) -> NormaliseSettings:
    """What the planner needs to know."""
    from capitalise.bots.normalise.planner import PROPOSED, NormaliseSettings

    home = task.home() if not normalise.help_page else ""
    rules = normalise.rules | PROPOSED if task.request.proposed else normalise.rules
    return NormaliseSettings(
        task.bot,
        task.wiki,
        normalise.form,
        rules if normalise.writes or task.request.proposed else frozenset(),
        normalise.template,
        normalise.category,
        normalise.query,
        task.language,
        form_text(task.folder, normalise.form),
        timedelta(hours=normalise.rest_hours),
        normalise.lines,
        normalise.report_page,
        normalise.help_page or (f"{home}/Aide" if home else ""),
        task.whom(),
        frozenset(filter(None, (urlsplit(address).hostname for address in task.addresses.values()))),
    )


def checks(normalise: Normalise, task: Task) -> Iterator[Check]:
    from capitalise.bots.normalise.planner import load_schema

    try:
        load_schema(settings_of(normalise, task), task.reader)
    except SettingsError as error:
        yield Check(False, error.message, N_("change “form” in this file"))


def facts(normalise: Normalise, task: Task) -> Facts:
    from capitalise.bots.normalise.planner import load_schema

    schema = load_schema(settings_of(normalise, task), task.reader)
    fields = [one for template in schema.templates for one in template.fields.values()]
    closed = (one for one in fields if one.closed and one.values)
    return Facts({one.label: (frozenset(one.values), one.delimiter if one.several else "") for one in closed})


def report(normalise: Normalise, _task: Task) -> str:
    return normalise.report_page


_NAMES: Mapping[str, Message] = {
    **{rule.id: N_("%(name)s · %(rule)s", name=rule.name, rule=rule.id) for rule in RULES},
    **{limit.id: limit.name for limit in LIMITS},
}

KIND = Kind(
    Normalise,
    plan,
    read_normalise,
    reads=lambda normalise: [normalise.form],
    rules=_NAMES,
    checks=checks,
    report=report,
    by_field=True,
    facts=facts,
    nothing=N_("Nothing to tidy up."),
    menu=N_("see what could be tidied in what people typed (%(bot)s; nothing is written)", bot=""),
)
