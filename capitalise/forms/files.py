"""Where a form's text stands: in a file of the workspace, or on a page of the wiki."""

from __future__ import annotations

from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.messages import N_
from capitalise.pages.ports import Reader

__all__ = ["form_on_wiki", "form_text"]


def form_text(folder: Path, form: str) -> str | None:
    """The form's text where `form` is a file of the workspace, else None: it is a page of the wiki."""
    path = folder / form
    return path.read_text("utf-8") if path.is_file() else None


def form_on_wiki(reader: Reader, name: str) -> str:
    """The text of the wiki's page of a form. Raises SettingsError where there is none, or where it may not be read."""
    page = reader.definitions("form", [name]).get(name)
    if page and page.text is not None:
        return page.text
    title = f"{reader.prefixes().get('form', 'Form')}:{name}"
    if (head := reader.heads([title]).get(title)) and head.revision:
        raise SettingsError(
            N_(
                "The page “%(title)s” is there, but its text is hidden: the wiki “%(wiki)s” does not let this account read it.",
                title=head.title,
                wiki=reader.key,
            )
        )
    raise SettingsError(N_("The wiki “%(wiki)s” has no form “%(form)s”.", wiki=reader.key, form=name))
