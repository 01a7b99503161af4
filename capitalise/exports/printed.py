"""A template of pages to print as HTML or PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capitalise.errors import SettingsError
from capitalise.exports.formats import Wanted
from capitalise.exports.model import Kit
from capitalise.exports.parts import front, with_fonts
from capitalise.exports.pdf import folded, pdf
from capitalise.exports.templates import render_template
from capitalise.messages import N_

__all__ = ["filled", "printed"]

MOST = 500  # pages of a kit in a PDF: about 1.2 GB of memory (benchmarks/exports.py)


def printed(template: str, values: Mapping[str, Any], kit: Kit, wanted: Wanted) -> bytes:
    """Raises SettingsError for a template of the workspace that is wrong, or packages that are missing."""
    if wanted.ending == ".pdf" and len(kit) > MOST:
        raise SettingsError(
            N_(
                "%(count)d pages of the kit are too many for one file (%(most)d at most, for the memory's sake): make one for each step, with --step.",
                count=len(kit),
                most=MOST,
            )
        )
    html = filled(template, values, kit, wanted)
    if wanted.ending == ".html":
        return html.encode()
    made = pdf(html)
    return folded(made) if wanted.fold else made


def filled(template: str, values: Mapping[str, Any], kit: Kit, wanted: Wanted) -> str:
    """The document itself. Raises SettingsError as `printed` does."""
    return with_fonts(render_template(template, wanted.folder, kit.language, **front(kit), **values))
