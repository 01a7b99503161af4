"""A plan as JSON and back: the contract that scripts and reviewers rely on (docs/plan-json.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from capitalise.errors import SettingsError
from capitalise.messages import N_, Message, render
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef, SheetChange, SheetLook
from capitalise.plans.since import Since

__all__ = ["plan_from_json", "plan_to_dict", "plan_to_json", "since_to_dict"]


def plan_to_dict(plan: Plan, language: str) -> dict[str, Any]:
    """Plain values: `bot`, `run`, `created`, `changes`, `conflicts`, `findings`, `notes`, `proposals`."""
    return {
        "bot": plan.bot,
        "run": plan.run,
        "created": plan.created.isoformat(),
        "changes": [*map(_page, plan.pages), *map(_cell, plan.cells)],
        "conflicts": [_conflict(c) for c in plan.conflicts],
        "findings": [_finding(f, language) for f in plan.findings],
        "notes": [render(note, language) for note in plan.notes],
        "looks": [_look(look) for look in plan.looks],
        "proposals": [_page(c) for c in plan.proposals],
        "grid": asdict(plan.grid) if plan.grid else None,
    }


def plan_to_json(plan: Plan, language: str) -> str:
    return json.dumps(plan_to_dict(plan, language), ensure_ascii=False, indent=1)


def since_to_dict(since: Since, language: str) -> dict[str, Any]:
    """`since`: the findings that are new, page and words of those that are gone, and how many are still there."""
    gone = [{"title": title, "message": words} for title, words in since.gone]
    return {"since": {"new": [_finding(f, language) for f in since.new], "gone": gone, "still": since.still}}


def read_plan(data: bytes, name: str) -> Plan:
    """The plan in a file. Raises as `plan_from_json` does."""
    try:
        return plan_from_json(data.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        why = N_("it is not UTF-8 text")
        raise SettingsError(N_("%(file)s cannot be read: %(why)s", file=name, why=why)) from error


def plan_from_json(text: str, name: str) -> Plan:
    """The plan that `plan_to_json` wrote. Raises SettingsError for anything else; `name` is the file's."""
    try:
        data = json.loads(text)
        changes = data["changes"]
        return Plan(
            _text(data, "bot"),
            _text(data, "run"),
            datetime.fromisoformat(data["created"]),
            tuple(_read_page(c) for c in changes if c["wiki"] is not None),
            tuple(_read_cell(c) for c in changes if c["wiki"] is None),
            tuple(_read_conflict(c) for c in data["conflicts"]),
            tuple(_read_finding(f) for f in data["findings"]),
            tuple(Message(note) for note in data["notes"]),
            tuple(_read_look(look) for look in data["looks"]),
            proposals=tuple(_read_page(c) for c in data.get("proposals", ())),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SettingsError(
            N_("%(file)s is not a plan that “capitalise plan -o” wrote, or was damaged since; make it anew.", file=name)
        ) from error


def _page(c: PageChange) -> dict[str, Any]:
    return {
        "wiki": c.wiki,
        "title": c.title,
        "base": c.base,
        "summary": c.summary,
        "old": c.old,
        "new": c.new,
        "fields": list(c.fields),
        "move_to": c.move_to,
        "rows": [_at(at) for at in c.rows],
        "values": [list(value) for value in c.values],
    }


def _cell(c: SheetChange) -> dict[str, Any]:
    return {
        "wiki": None,
        **_at(c.at),
        "field": c.field,
        "old": c.old,
        "new": c.new,
        "after": c.after,
        "comment": c.comment,
    }


def _conflict(c: Conflict) -> dict[str, Any]:
    return {
        "wiki": c.wiki,
        "title": c.title,
        "field": c.field,
        "base": c.base,
        "ours": c.ours,
        "theirs": c.theirs,
        "user": c.user,
        "at": _at(c.at),
        "revision": c.revision,
        "rival": _at(c.rival),
        "readonly": c.readonly,
    }


def _finding(f: Finding, language: str) -> dict[str, Any]:
    return {
        "rule": f.rule,
        "wiki": f.wiki,
        "title": f.title,
        "section": f.section,
        "line": f.line,
        "field": f.field,
        "message": render(f.message, language),
        "suggestion": f.suggestion,
        "score": f.score,
        "address": f.address,
        "at": _at(f.at),
    }


def _look(look: SheetLook) -> dict[str, Any]:
    return {
        "sheet": look.sheet,
        "choices": {heading: list(values) for heading, values in look.choices},
        "grey": list(look.grey),
        "locked": list(look.locked),
        "refusal": look.refusal,
        "open": list(look.open),
    }


def _at(at: RowRef | None) -> dict[str, Any]:
    return {"sheet": at.sheet, "row": at.row, "title": at.title} if at else {}


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return value


def _number(data: Mapping[str, Any], key: str) -> int:
    value = data[key]
    if not isinstance(value, int):
        raise TypeError(key)
    return value


def _read_at(data: Mapping[str, Any]) -> RowRef:
    return RowRef(_text(data, "sheet"), _number(data, "row"), _text(data, "title"))


def _read_page(c: Mapping[str, Any]) -> PageChange:
    return PageChange(
        _text(c, "wiki"),
        _text(c, "title"),
        _number(c, "base"),
        _text(c, "old"),
        _text(c, "new"),
        _text(c, "summary"),
        tuple(map(str, c["fields"])),
        _text(c, "move_to"),
        tuple(map(_read_at, c["rows"])),
        tuple((str(label), str(before), str(after)) for label, before, after in c["values"]),
    )


def _read_cell(c: Mapping[str, Any]) -> SheetChange:
    return SheetChange(
        _read_at(c),
        _text(c, "field"),
        _text(c, "old"),
        None if c["new"] is None else _text(c, "new"),
        _text(c, "after"),
        _text(c, "comment"),
    )


def _read_conflict(c: Mapping[str, Any]) -> Conflict:
    return Conflict(
        _text(c, "wiki"),
        _text(c, "title"),
        _text(c, "field"),
        _number(c, "base"),
        _text(c, "ours"),
        _text(c, "theirs"),
        _text(c, "user"),
        _read_at(c["at"]) if c["at"] else None,
        _number(c, "revision"),
        _read_at(c["rival"]) if c["rival"] else None,
        bool(c["readonly"]),
    )


def _read_look(look: Mapping[str, Any]) -> SheetLook:
    choices = tuple((str(heading), tuple(map(str, values))) for heading, values in look["choices"].items())
    return SheetLook(
        _text(look, "sheet"),
        choices,
        tuple(map(str, look["grey"])),
        tuple(map(str, look["locked"])),
        _text(look, "refusal"),
        open=tuple(map(str, look.get("open", ()))),
    )


def _read_finding(f: Mapping[str, Any]) -> Finding:
    return Finding(
        _text(f, "rule"),
        Message(_text(f, "message")),
        _text(f, "wiki"),
        _text(f, "title"),
        _text(f, "section"),
        _number(f, "line"),
        _text(f, "field"),
        _text(f, "suggestion"),
        f["score"],
        _read_at(f["at"]) if f["at"] else None,
        str(f.get("address", "")),
    )
