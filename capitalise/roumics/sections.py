"""The parts of a page, each a template of `templates/roumics/` and a region of the page."""

from __future__ import annotations

__all__ = ["SECTIONS", "SESSION_SECTIONS", "USUAL_SECTIONS"]

USUAL_SECTIONS = (
    *("navigation", "entete", "programme", "suites", "ressources"),
    *("photos", "liens", "remerciements"),
)
#: Those that a report may have.
SECTIONS = (*USUAL_SECTIONS, "tableau")
SESSION_SECTIONS = ("seance", "compte-rendu", "suites")
