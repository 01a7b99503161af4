"""Words of a page that stand in no field of its form."""

from __future__ import annotations

import textwrap

from capitalise.bots.fiches.form import FicheForm
from capitalise.exports.cleaned import clean_html, text_of
from capitalise.exports.wikitext_html import to_html
from capitalise.wikitext.calls import find_calls, same_template

__all__ = ["words_beside"]


def words_beside(text: str, form: FicheForm) -> str:
    """The beginning of what a page says outside the form's calls, or in parameters that the form has not; "" for nothing."""
    calls = [call for call in find_calls(text, form.tags) if not call.inside]
    own = [call for call in calls if any(same_template(call.name, name) for name in (form.template, *form.templates))]
    unknown = [
        f"{one.name}={one.value.strip()}"
        for call in own
        for name in {form.template, *form.templates} - _instances(form)
        if same_template(call.name, name)
        for one in call.parameters
        if one.name not in form.parameters(name) and one.value.strip()
    ]
    rest = text
    for call in reversed(own):
        rest = rest[: call.start] + rest[call.end :]
    outside = text_of(clean_html(to_html(rest, lambda title: "", lambda what: None)))
    return textwrap.shorten(" ; ".join(filter(None, (*unknown, outside))), 120, placeholder=" …")


def _instances(form: FicheForm) -> set[str]:
    return {one.instances.template for one in form.fields if one.instances}
