"""A template of pages to print as HTML or PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capitalise.exports.formats import Wanted
from capitalise.exports.model import Kit
from capitalise.exports.parts import front, with_fonts
from capitalise.exports.pdf import folded, pdf
from capitalise.exports.templates import render_template

__all__ = ["filled", "printed"]


def printed(template: str, values: Mapping[str, Any], kit: Kit, wanted: Wanted) -> bytes:
    """Raises SettingsError for a template of the workspace that is wrong, or packages that are missing."""
    html = filled(template, values, kit, wanted)
    if wanted.ending == ".html":
        return html.encode()
    made = pdf(html)
    return folded(made) if wanted.fold else made


def filled(template: str, values: Mapping[str, Any], kit: Kit, wanted: Wanted) -> str:
    """The document itself. Raises SettingsError as `printed` does."""
    return with_fonts(render_template(template, wanted.folder, kit.language, **front(kit), **values))
