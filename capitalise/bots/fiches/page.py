"""A page's text ⇄ its cells. Whatever is not one of the form's values keeps every byte."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.errors import Skip
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Revision
from capitalise.plans.merge import EMPTY
from capitalise.wikitext.calls import SPACE, Call, call_text, find_calls, same_template, with_values
from capitalise.wikitext.canonical import canonical, expanded_on_save
from capitalise.wikitext.instances import Hidden, TooManyParts, canonical_lines, instance_lines, with_instances
from capitalise.wikitext.values import Unwritable, decode, encode

__all__ = ["canonical_cell", "cell_problem", "cells_of", "new_page", "raw_value", "read_cells", "with_cells"]

#: MediaWiki's default `$wgMaxArticleSize`, in bytes.
MOST_BYTES = 2048 * 1024


def read_cells(text: str, form: FicheForm) -> dict[str, str]:
    """The page's cells by field name. Raises Skip where the page does not hold the form's call exactly once."""
    raws = _raws(text, form)
    return {field.name: _cell(raws[field.name], field, form) for field in form.fields}


def cells_of(revision: Revision | None, form: FicheForm) -> dict[str, str]:
    """The cells of a revision; a text that was read before is not parsed again. Raises Skip as `read_cells` does."""
    if revision is None or revision.text is None:
        return read_cells("", form)
    if revision.sha1 not in form.memo:
        form.memo[revision.sha1] = read_cells(revision.text, form)
    return form.memo[revision.sha1]


def with_cells(text: str, form: FicheForm, cells: Mapping[str, str]) -> str:
    """`text` with some cells changed. Every cell must have passed `cell_problem`.

    Raises Skip where MediaWiki would read the result otherwise than meant, or would change other
    bytes of the page on saving.
    """
    if canonical(text) != text:
        raise Skip(N_("the page holds characters that the wiki would change on saving; save it once by hand"))
    old = _raws(text, form)
    values = {f.name: _raw(old[f.name], cells[f.name], f, form) for f in form.fields if f.name in cells}
    new = text
    for template in form.templates or (form.template,):
        new = _with_template(new, template, values, form)
    new = canonical(new)
    if _raws(new, form) != {**old, **values} or not _rest_is_kept(text, new, values, form):
        raise Skip(N_("the page's layout does not let these values be written safely; edit it on the wiki"))
    return new


def new_page(form: FicheForm, cells: Mapping[str, str]) -> str:
    """The text of a page that does not exist yet."""
    values = {f.name: _raw("", cells[f.name], f, form) for f in form.fields if cells.get(f.name)}
    text = call_text(form.template, _mine(form.template, values, form))
    for template in form.templates:
        if template != form.template:
            text = _with_template(text, template, values, form)
    return canonical(text)


def raw_value(text: str, field: FicheField, form: FicheForm) -> str:
    """The value between the pipes, as it stands on the page."""
    return _raws(text, form)[field.name]


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
        near = next((v for v in field.values if v.casefold().startswith(unknown.casefold())), "")
        near = near or next(iter(get_close_matches(unknown, field.values, 1)), "")
        values = " ; ".join(field.values)
        if near:
            return "unknown-value", N_(
                "“%(value)s” is not one of the form's values; did you mean “%(near)s”? They are: %(values)s",
                value=unknown,
                near=near,
                values=values,
            )
        return "unknown-value", N_(
            "“%(value)s” is not one of the form's values, which are: %(values)s", value=unknown, values=values
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


# -- the page's calls -------------------------------------------------------------------------


def _raws(text: str, form: FicheForm) -> dict[str, str]:
    """What stands on the page for each field, between its pipes or, for calls on the page itself, from the first
    to the last of them."""
    _the_call(text, form)
    calls = find_calls(text, form.tags)
    raws: dict[str, str] = {}
    for template in form.templates or (form.template,):
        mine = [c for c in calls if same_template(c.name, template) and not c.inside]
        parameters = form.parameters(template)
        if len(mine) > 1 and parameters:
            raise _twice(template, len(mine))
        if not mine and any(same_template(c.name, template) for c in calls) and not _is_held(template, form):
            raise _inside(template)
        values = mine[0].values() if mine and parameters else {}
        raws |= {f.name: values.get(name, "") for name, f in parameters.items()}
    for field in form.fields:
        if field.on_page:
            raws[field.name] = text[slice(*_span(calls, field))]
    return raws


def _span(calls: Iterable[Call], field: FicheField) -> tuple[int, int]:
    """From the first to the last call that stands on the page itself."""
    mine = [c for c in calls if field.instances and same_template(c.name, field.instances.template) and not c.inside]
    return (mine[0].start, mine[-1].end) if mine else (0, 0)


def _with_template(text: str, template: str, values: Mapping[str, str], form: FicheForm) -> str:
    """`text` with one template's values; a call that is not there yet is put behind the one before it in the form."""
    calls = find_calls(text, form.tags)
    field = next((f for f in form.fields if f.on_page and f.name == template), None)
    if field:
        start, end = _span(calls, field)
        if field.name not in values or (not end and not values[field.name]):
            return text
        return text[:start] + values[field.name] + text[end:] if end else _put(text, template, values[template], form)
    mine = _mine(template, values, form)
    call = next((c for c in calls if same_template(c.name, template) and not c.inside), None)
    if call:
        return with_values(text, call, mine, tuple(form.parameters(template)))
    return _put(text, template, call_text(template, mine), form) if any(mine.values()) else text


def _mine(template: str, values: Mapping[str, str], form: FicheForm) -> dict[str, str]:
    return {name: values[f.name] for name, f in form.parameters(template).items() if f.name in values}


def _put(text: str, template: str, call: str, form: FicheForm) -> str:
    """A new call on a line of its own, where the form has its template."""
    before = form.templates[: form.templates.index(template)]
    calls = [c for c in find_calls(text, form.tags) if not c.inside]
    ends = [c.end for c in calls if any(same_template(c.name, name) for name in before)]
    at = max(ends) if ends else min(c.start for c in calls)
    return f"{text[:at]}\n{call}{text[at:]}" if ends else f"{text[:at]}{call}\n{text[at:]}"


def _rest_is_kept(old: str, new: str, values: Mapping[str, str], form: FicheForm) -> bool:
    """Whether every parameter that no field is about still has its value."""
    for template in form.templates or (form.template,):
        known = form.parameters(template)
        if known:
            both = [
                {
                    n: v
                    for c in find_calls(text, form.tags)
                    if same_template(c.name, template)
                    for n, v in c.values().items()
                }
                for text in (old, new)
            ]
            if any(both[0].get(n, "") != both[1].get(n, "") for n in {*both[0], *both[1]} - set(known)):
                return False
    return True


def _is_held(template: str, form: FicheForm) -> bool:
    """Whether calls of the template have their place inside another one's field."""
    return any(f.instances and not f.on_page and same_template(f.instances.template, template) for f in form.fields)


def _inside(template: str) -> Skip:
    return Skip(N_("the page's call of “%(name)s” stands inside another call; mend it on the wiki", name=template))


def _twice(template: str, times: int) -> Skip:
    return Skip(
        N_("the page calls the template “%(name)s” %(times)d times; mend it on the wiki", name=template, times=times)
    )


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
        raise _twice(form.template, len(calls))
    if calls[0].inside:
        raise _inside(form.template)
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
