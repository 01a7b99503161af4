"""A page's text ⇄ its cells. Whatever is not one of the form's values keeps every byte."""

from __future__ import annotations

from collections.abc import Mapping

from capitalise.errors import Skip
from capitalise.fiches.form import FicheField, FicheForm
from capitalise.messages import N_, Message
from capitalise.plans.merge import EMPTY
from capitalise.wikitext.calls import SPACE, Call, call_text, find_calls, same_template, with_values
from capitalise.wikitext.canonical import canonical, expanded_on_save
from capitalise.wikitext.instances import Hidden, TooManyParts, canonical_lines, instance_lines, with_instances
from capitalise.wikitext.values import Unwritable, decode, encode

__all__ = ["canonical_cell", "cell_problem", "new_page", "raw_value", "read_cells", "with_cells"]

#: MediaWiki's default `$wgMaxArticleSize`, in bytes.
MOST_BYTES = 2048 * 1024


def read_cells(text: str, form: FicheForm) -> dict[str, str]:
    """The page's cells by field name. Raises Skip where the page does not hold the form's call exactly once."""
    values = _the_call(text, form).values()
    return {field.name: _cell(values.get(field.name, ""), field, form) for field in form.fields}


def with_cells(text: str, form: FicheForm, cells: Mapping[str, str]) -> str:
    """`text` with some cells changed. Every cell must have passed `cell_problem`.

    Raises Skip where MediaWiki would read the result otherwise than meant, or would change other
    bytes of the page on saving.
    """
    call = _the_call(text, form)
    old = call.values()
    fields = {field.name: field for field in form.fields}
    values = {name: _raw(old.get(name, ""), cell, fields[name], form) for name, cell in cells.items()}
    if canonical(text) != text:
        raise Skip(N_("the page holds characters that the wiki would change on saving; save it once by hand"))
    new = canonical(with_values(text, call, values, form.order))
    expected, got = {**old, **values}, _the_call(new, form).values()
    if any(expected.get(name, "") != got.get(name, "") for name in {*expected, *got}):
        raise Skip(N_("the page's layout does not let these values be written safely; edit it on the wiki"))
    return new


def new_page(form: FicheForm, cells: Mapping[str, str]) -> str:
    """The text of a page that does not exist yet."""
    values = {f.name: _raw("", cells[f.name], f, form) for f in form.fields if cells.get(f.name)}
    return canonical(call_text(form.template, values))


def raw_value(text: str, field: FicheField, form: FicheForm) -> str:
    """The value between the pipes, as it stands on the page."""
    return _the_call(text, form).values().get(field.name, "")


def canonical_cell(cell: str, field: FicheField, form: FicheForm) -> str:
    """A cell as it is compared: canonical text without white space at its ends."""
    cell = canonical(cell).strip(SPACE)
    if not cell.strip():  # no-break spaces only
        return ""
    if cell.strip().casefold() == EMPTY:
        return EMPTY
    return canonical_lines(cell, form.tags) if field.instances else cell


def cell_problem(cell: str, field: FicheField, form: FicheForm, raw: str = "") -> tuple[str, Message] | None:
    """Why this cell cannot be written in the place of `raw`, as a rule's name and a sentence, or None."""
    if len(cell.encode()) > MOST_BYTES:
        return "too-long", N_(
            "this text is %(size)d kB long, a page holds %(most)d kB; shorten it",
            size=len(cell.encode()) // 1024,
            most=MOST_BYTES // 1024,
        )
    if unknown := _unknown_values(cell, field):
        return "unknown-value", N_(
            "“%(value)s” is not one of the form's values, which are: %(values)s",
            value=unknown,
            values=" ; ".join(field.values),
        )
    if found := expanded_on_save(cell, form.tags):
        return "expanded-on-save", N_(
            "the wiki would replace “%(text)s” on saving; take it out, or put <nowiki> around it", text=found
        )
    try:
        written = _raw(raw, cell, field, form)
    except Unwritable:
        return "unwritable", N_(
            "this text holds a comment, a tag or a heading that would swallow what follows it; close it or take it out"
        )
    except TooManyParts as error:
        return "too-many-parts", N_(
            "this line has more parts than %(parts)s: %(line)s",
            parts=" | ".join(field.instances.fields if field.instances else ()),
            line=str(error),
        )
    except Hidden as error:
        return "hidden-words", N_(
            "the page holds words here that the sheet does not show (%(words)s); edit this field on the wiki",
            words=str(error)[:80],
        )
    if field.in_property and "{{!}}" in written:
        return "pipe-in-property", N_("the template stores this field as a property, and no “|” can be stored in one")
    return None


def _the_call(text: str, form: FicheForm) -> Call:
    calls = [call for call in find_calls(text, form.tags) if same_template(call.name, form.template)]
    if not calls:
        raise Skip(
            N_(
                "the page has no call of the template “%(name)s” that the wiki reads; mend it on the wiki",
                name=form.template,
            )
        )
    if len(calls) > 1:
        raise Skip(
            N_(
                "the page calls the template “%(name)s” %(times)d times; mend it on the wiki",
                name=form.template,
                times=len(calls),
            )
        )
    if calls[0].inside:
        raise Skip(
            N_("the page's call of “%(name)s” stands inside another call; mend it on the wiki", name=form.template)
        )
    return calls[0]


def _cell(raw: str, field: FicheField, form: FicheForm) -> str:
    cell = instance_lines(raw, field.instances, form.tags) if field.instances else decode(raw, form.tags)
    return canonical_cell(cell, field, form)


def _raw(old: str, cell: str, field: FicheField, form: FicheForm) -> str:
    if field.instances:
        return with_instances(old, cell, field.instances, form.tags).strip(SPACE)
    return encode(cell, form.tags)


def _unknown_values(cell: str, field: FicheField) -> str:
    if not field.values or not cell:
        return ""
    typed = cell.split(field.delimiter) if field.several else [cell]
    return next((v.strip() for v in typed if v.strip() and v.strip() not in field.values), "")
