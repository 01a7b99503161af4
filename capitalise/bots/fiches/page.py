"""A page's text ⇄ its cells. Whatever is not one of the form's values keeps every byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.errors import Skip
from capitalise.forms.checked import Spelled, spelled, unlisted, value_doubts
from capitalise.forms.kept import kept_value
from capitalise.forms.rules.outcome import Doubt, World
from capitalise.forms.saves import NeverOpens, saved_page
from capitalise.messages import N_
from capitalise.pages.revisions import Revision
from capitalise.plans.merge import EMPTY
from capitalise.wikitext.calls import SPACE, Call, call_text, find_calls, same_template, with_values
from capitalise.wikitext.canonical import canonical, expanded_on_save
from capitalise.wikitext.instances import (
    BREAK,
    Hidden,
    TooManyParts,
    canonical_lines,
    instance_lines,
    parts_of,
    with_instances,
)
from capitalise.wikitext.values import Unwritable, decode, encode

__all__ = [
    "canonical_cell",
    "cell_doubts",
    "cells_of",
    "new_page",
    "raw_value",
    "read_cells",
    "spelled_cell",
    "with_cells",
]

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
    """`text` with some cells changed. Every cell must have passed `cell_doubts`.

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
    """The text of a page that does not exist yet: as the form would save it, its second templates and headings with it. Raises Skip
    where that would not say what the cells say."""
    values = {f.name: _raw("", cells[f.name], f, form) for f in form.fields if cells.get(f.name)}
    text = call_text(form.template, _mine(form.template, values, form))
    for template in form.templates:
        if template != form.template:
            text = _with_template(text, template, values, form)
    text = canonical(text)
    try:
        saved = canonical(saved_page(text, form.schema, language=form.language)) if form.schema else text
    except NeverOpens as error:
        raise Skip(N_("the form could not be opened on the page that these values make")) from error
    old, new = (read_cells(one, form) for one in (text, saved))
    return saved if all(old[name] == new[name] for name in cells) else text


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


def cell_doubts(cell: str, field: FicheField, form: FicheForm, raw: str = "") -> Iterator[Doubt]:
    """Why this cell cannot be written in the place of `raw`, or should not be: nothing where it can."""
    if len(cell.encode()) > MOST_BYTES:
        why = N_(
            "this text is %(size)d kB long, a page holds %(most)d kB; shorten it",
            size=len(cell.encode()) // 1024,
            most=MOST_BYTES // 1024,
        )
        yield Doubt("too-long", why)
        return
    if found := expanded_on_save(cell, form.tags):
        why = N_("the wiki would replace “%(text)s” on saving; take it out, or put <nowiki> around it", text=found)
        yield Doubt("expanded-on-save", why)
        return
    try:
        written = _raw(raw, cell, field, form)
    except (Unwritable, TooManyParts, Hidden) as error:
        yield _unwritable(error, field)
        return
    if field.instances:
        yield from _line_doubts(cell, field, form)
    elif field.schema:
        before = _as_before(raw, field, form) if raw else frozenset()
        doubts = value_doubts(cell, written, field.schema, form.language)
        yield from (one for one in doubts if one.rule not in before)
    elif unknown := _unknown_values(cell, field):
        yield unlisted(unknown, field.values)


def _as_before(raw: str, field: FicheField, form: FicheForm) -> frozenset[str]:
    """What was wrong with the page's own value already, and is no reason to keep people from changing its words."""
    found = value_doubts(_cell(raw, field, form), raw, field.schema, form.language) if field.schema else ()
    return frozenset(one.rule for one in found) & {"annotation", "not-stored", "limit"}


def _unwritable(error: Exception, field: FicheField) -> Doubt:
    if isinstance(error, TooManyParts):
        why = N_(
            "this line has more parts than %(parts)s: %(line)s",
            parts=" | ".join(field.instances.fields if field.instances else ()),
            line=str(error),
        )
        return Doubt("too-many-parts", why)
    if isinstance(error, Hidden):
        why = N_(
            "the page holds words here that the sheet does not show (%(words)s); edit this field on the wiki",
            words=str(error)[:80],
        )
        return Doubt("hidden-words", why)
    why = N_(
        "this text holds a comment, a tag or a heading that would swallow what follows it; close it or take it out"
    )
    return Doubt("unwritable", why)


def _line_doubts(cell: str, field: FicheField, form: FicheForm) -> Iterator[Doubt]:
    """What is wrong with the parts of a sub-template's calls, one line each, and with how many there are."""
    count = len(list(filter(None, cell.split("\n"))))
    if count < field.fewest or (field.most and count > field.most):
        allowed = f"{field.fewest}–{field.most}" if field.most else f"≥ {field.fewest}"
        yield Doubt("limit", N_("%(count)d lines, the form wants %(allowed)s", count=count, allowed=allowed))
    for line in filter(None, cell.split("\n")):
        for part, one in zip(parts_of(line, form.tags), field.parts, strict=False):
            value = part.replace(BREAK, "\n").strip(SPACE)
            for doubt in value_doubts(value, value, one, form.language) if value else ():
                why = N_("%(label)s, in “%(line)s”: %(why)s", label=one.label, line=line[:60], why=doubt.message)
                yield replace(doubt, message=why)


def spelled_cell(cell: str, field: FicheField, form: FicheForm) -> Spelled:
    """The cell as the form writes it, where only one spelling is right."""
    world = World(form.language, tags=form.tags)
    if not field.instances:
        return spelled(cell, field.schema, world) if field.schema and cell not in ("", EMPTY) else Spelled(cell)
    lines = [_spelled_line(line, field, form, world) for line in cell.split("\n") if line]
    rules = dict.fromkeys(rule for line in lines for rule in line.rules)
    return Spelled("\n".join(line.value for line in lines), tuple(rules)) if rules else Spelled(cell)


def _spelled_line(line: str, field: FicheField, form: FicheForm, world: World) -> Spelled:
    """A sub-template's line with its parts as the form writes them; a checkbox that nobody spoke of is not ticked."""
    parts = [part.strip() for part in parts_of(line, form.tags)]
    ticked = [one.input == "checkbox" for one in field.parts]
    parts += [""] * (len(ticked) - len(parts)) if any(ticked[len(parts) :]) else []
    found = [
        Spelled(kept_value("", one, language=form.language), ("boolean",))
        if tick and not part
        else spelled(part, one, world)
        for part, one, tick in zip(parts, field.parts, ticked, strict=False)
    ]
    rules = tuple(rule for one in found for rule in one.rules)
    whole = " | ".join([*(one.value for one in found), *parts[len(found) :]])
    return Spelled(canonical_lines(whole, form.tags) if rules else line, rules)


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
        joint = "\n" if field.on_page else ""
        return with_instances(old, cell, field.instances, form.tags, joint).strip(SPACE)
    return encode(cell, form.tags)


def _unknown_values(cell: str, field: FicheField) -> str:
    if not field.values or not cell:
        return ""
    typed = cell.split(field.delimiter) if field.several else [cell]
    return next((v.strip() for v in typed if v.strip() and v.strip() not in field.values), "")
