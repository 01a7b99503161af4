"""`forms show --json` says what a running Page Forms showed, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from capitalise.cli.forms import schema_as_dict
from tests.recorded import Line, fields_as_html, recorded_schema

SECTIONS = {("Guide", "_section", name) for name in ("Présentation", "Étapes", "Matériel")}


def told(line: Line) -> dict[str, Any]:
    """What the JSON says of the field of a line, under the names of the recording."""
    data = schema_as_dict(recorded_schema(line["form"]))
    if line["template"] == "_section":
        section = next(one for one in data["sections"] if one["name"] == line["field"])
        return {"label": section["name"], "input": "section", "mandatory": section["mandatory"]}
    template = next(one for one in data["templates"] if one["name"] == line["template"])
    field = next(one for one in template["fields"] if one["name"] == line["field"])
    return {**field, "multiple": template["multiple"]}


def expected(line: Line) -> dict[str, Any]:
    """The recording in the words of the JSON."""
    found = {
        "label": (line["label"] or "").rstrip(" :\u00a0"),
        "input": line["input"],
        "mandatory": bool(line.get("mandatory")),
    }
    if line["template"] == "_section":
        return found
    keys = line.get("keys") or []
    labels = {"conduite", "conduites", "greffe"} & {line["field"]}  # their HTML posts what it shows
    values = line.get("values") or []
    found |= {
        "multiple": bool(line.get("multiple")),
        "hidden": bool(line.get("hidden")),
        "restricted": bool(line.get("disabled")) if "Lectrice" in line["user"] else None,
        "unique": bool(line.get("unique")),
        "only_existing": bool(line.get("existing_values_only")),
        "most_characters": line.get("maxlength") or 0,
        "most_values": line.get("max_values") or 0,
        "size": line.get("size") or 0,
        "placeholder": line.get("placeholder") or "",
        "shown_values" if labels else "values": list(values) or None,
        "delimiter": line.get("delimiter"),
        "several": True if line.get("list") else None,
        "keys": keys,
    }
    return {key: value for key, value in found.items() if value is not None and key != "keys"}


@pytest.mark.parametrize(
    "line", fields_as_html(), ids=lambda line: f"{line['form']}-{line['field']}-{line['user'][:5]}"
)
def test_the_json_is_what_the_form_shows(line: Line) -> None:
    said, wanted = told(line), expected(line)
    if not wanted["label"]:  # the form shows words behind the field, or none
        wanted["label"] = line["field"]
    assert {key: said.get(key) for key in wanted} == wanted


@pytest.mark.parametrize(
    "line", [one for one in fields_as_html() if one.get("default")], ids=lambda line: str(line["field"])
)
def test_defaults(line: Line) -> None:
    said, shown = told(line)["default"], line["default"]
    if isinstance(shown, dict):  # a date's boxes
        assert said == ("now" if shown["year"] else "")
    elif isinstance(shown, list):
        assert said.split(",") == shown
    else:
        assert said in (shown, "now", "current user") or shown is True


def test_there_are_as_many_fields() -> None:
    """117 fields, and three sections, and three fields that administrators see otherwise."""
    assert len({(one["form"], one["template"], one["field"]) for one in fields_as_html()} - SECTIONS) == 117
