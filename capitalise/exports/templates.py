"""Jinja2 templates: a workspace's `templates/` before those that capitalise ships.

Everything put into a `.html` template is escaped; wikitext templates escape by the filter `cell`.
A template runs in Jinja's sandbox: editors exchange them.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from capitalise.errors import SettingsError
from capitalise.messages import N_, render
from capitalise.wikitext.plain import plain_text
from capitalise.wikitext.tables import table_cell

__all__ = ["render_template", "shipped"]

_PACKAGE = Path(__file__).parent.parent


def shipped(name: str) -> Path:
    """A folder that the wheel carries inside the package and a checkout has at its top."""
    inside = _PACKAGE / "starter" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def render_template(name: str, folder: Path | None, locale: str, /, **values: object) -> str:
    """The template `name` with its values. Raises SettingsError where it is missing or wrong."""
    places = [*([folder / "templates"] if folder else []), shipped("templates")]
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(places),
        undefined=StrictUndefined,
        autoescape=".html" in name,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = table_cell
    environment.filters["plain"] = plain_text
    environment.globals["say"] = lambda text, **parts: render(N_(text, **parts), locale)
    try:
        return environment.get_template(name).render(values)
    except TemplateError as error:
        where = f"{getattr(error, 'name', '') or name}, {getattr(error, 'lineno', '?')}"
        raise SettingsError(
            N_("The template %(file)s cannot be used: %(why)s", file=where, why=error.message or type(error).__name__)
        ) from error
