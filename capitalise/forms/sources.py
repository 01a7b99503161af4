"""Values that a form takes from elsewhere: the pages of a category, a concept, a namespace, a query; the values of a property; a mapping.

What is asked of the wiki is asked once for each source, whatever the number of fields (PFValuesUtils.php, PFMappingUtils.php).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capitalise.forms.definition import Field, Form
from capitalise.messages import N_
from capitalise.pages.ports import Reader
from capitalise.pages.titles import sort_key

__all__ = ["NOT_READ", "SOURCE_NAMES", "Offered", "mapping_of", "read_offered"]

#: Sources that no wiki can be asked for: said as not checked.
NOT_READ = frozenset(["wikidata", "url"])

#: Sources in words.
SOURCE_NAMES = {
    "category": N_("the category"),
    "concept": N_("the concept"),
    "namespace": N_("the namespace"),
    "query": N_("the query"),
    "property": N_("the property"),
    "wikidata": N_("Wikidata"),
    "url": N_("the address"),
}

Source = tuple[str, str]


@dataclass(frozen=True)
class Offered:
    """What was read: values by source ("category", "Outil"), None where nobody could say them; and by mapping
    ("template", "Sigle") what the form shows for a value."""

    values: Mapping[Source, Sequence[str] | None] = field(default_factory=dict)
    shown: Mapping[Source, Mapping[str, str]] = field(default_factory=dict)

    def of(self, one: Field) -> tuple[str, ...]:
        return tuple(self.values.get(one.source) or ())

    def was_read(self, one: Field) -> bool:
        """Whether the wiki answered, though it has none."""
        return self.values.get(one.source) is not None


def mapping_of(one: Field) -> Source | None:
    """What a field's values are shown through, None for nothing."""
    kinds = ((kind, one.option(f"mapping {kind}")) for kind in ("template", "property"))
    return next(((kind, name) for kind, name in kinds if name), None)


def read_offered(reader: Reader, form: Form) -> Offered:
    """Ask a wiki for all that the fields of a form take from elsewhere. Nothing is asked where no field does."""
    fields = [one for template in form.templates for one in template.fields]
    sources = dict.fromkeys(one.source for one in fields if one.source[0] and not one.values)
    values = {source: _read(reader, *source) for source in sources}
    wanted: dict[Source, dict[str, None]] = {}
    for one in fields:
        if mapping := mapping_of(one):
            wanted.setdefault(mapping, {}).update(dict.fromkeys(one.values or values.get(one.source) or ()))
    shown = {mapping: reader.mapped(*mapping, list(some)) for mapping, some in wanted.items() if some}
    return Offered(values, {mapping: found for mapping, found in shown.items() if found})


def _read(reader: Reader, kind: str, name: str) -> Sequence[str] | None:
    """In the order of the form's list: as words are sorted."""
    if kind in NOT_READ or "{{" in name:
        return None
    found = reader.offered(kind, name)
    return None if found is None else sorted(dict.fromkeys(found), key=sort_key)
