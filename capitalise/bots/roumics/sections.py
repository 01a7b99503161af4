"""The parts of a page, each a template of `templates/roumics/` and a region of the page."""

from __future__ import annotations

__all__ = ["ALL_SECTIONS", "SECTIONS", "SESSION_SECTIONS", "USUAL_SECTIONS"]

USUAL_SECTIONS = (
    *("navigation", "entete", "programme", "suites", "ressources"),
    *("photos", "liens", "remerciements"),
)
#: Those that a report may have.
SECTIONS = (*USUAL_SECTIONS, "tableau")
#: Those of a session's page.
SESSION_SECTIONS = ("seance", "compte-rendu", "suites")
#: Every part of every page: of reports, sessions, the annex, the page of all.
ALL_SECTIONS = frozenset((*SECTIONS, *SESSION_SECTIONS, "annexe", "editions"))
