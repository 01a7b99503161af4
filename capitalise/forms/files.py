"""A form that is a file of the workspace rather than a page of the wiki."""

from __future__ import annotations

from pathlib import Path

__all__ = ["form_text"]


def form_text(folder: Path, form: str) -> str | None:
    """The form's text where `form` is a file of the workspace, else None: it is a page of the wiki."""
    path = folder / form
    return path.read_text("utf-8") if path.is_file() else None
