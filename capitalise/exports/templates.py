"""Jinja2 templates: a workspace's `templates/` before those that capitalise ships.

Everything put into a template is escaped for where it goes: HTML in `.html` templates, wikitext in `.wiki` ones. What is
wikitext already passes by the filter `wikitext`; `cell` and `plain` escape for a table and for one line. A template runs in
Jinja's sandbox, for some seconds and in some memory: editors exchange them.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from capitalise.errors import SettingsError
from capitalise.exports.bounds import TooMuch, within
from capitalise.messages import N_, NP_, Message, render
from capitalise.messages.times import day, moment
from capitalise.pages.revisions import who
from capitalise.wikitext.effects import inert
from capitalise.wikitext.plain import Wikitext, plain_text, prose_text
from capitalise.wikitext.tables import table_cell

__all__ = ["page_filler", "render_template", "shipped", "wikitext_filler"]

_PACKAGE = Path(__file__).parent.parent
MOST_DEEP = 100  # calls of macros within macros
LONGEST = 4 * 1024 * 1024  # characters that a template may make of a wiki page
LONGEST_PRINTED = 64 * 1024 * 1024  # and of pages to print, with their pictures and codes


def shipped(name: str) -> Path:
    """A folder that the wheel carries inside the package and a checkout has at its top."""
    inside = _PACKAGE / "starter" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def web_address(text: object) -> str:
    """An address that a browser may open, or "": what a wiki says of its own addresses may begin with `javascript:`."""
    return str(text) if re.match(r"https?://[^\s/]", str(text), re.IGNORECASE) else ""


def render_template(name: str, folder: Path | None, locale: str, /, **values: object) -> str:
    """The template `name` with its values. Raises SettingsError, with file and line, where it is missing or wrong."""
    return _filled(_environment(folder, locale, wiki=".wiki" in name), name, values)


def page_filler(locale: str) -> Callable[[str, Mapping[str, Any]], str]:
    """Fills HTML templates that capitalise ships, each read once; those of a workspace are not looked at."""
    environment = _environment(None, locale, wiki=False)
    return lambda name, values: _filled(environment, name, values)


def wikitext_filler(folder: Path | None, locale: str) -> Callable[[str, Mapping[str, Any]], str]:
    """Fills many wikitext templates, each read once. Raises as `render_template` does."""
    environment = _environment(folder, locale, wiki=True)
    return lambda name, values: _filled(environment, name, values)


def _filled(environment: _Sandbox, name: str, values: Mapping[str, Any]) -> str:
    try:
        with within():
            made: str = environment.get_template(name).render(values)
    except (Exception, TooMuch) as error:  # whatever a template does wrong, it is the template's
        where, why = _place(error, name), _reason(error)
        raise SettingsError(N_("The template %(file)s cannot be used: %(why)s", file=where, why=why)) from error
    if len(made) > (LONGEST if ".wiki" in name else LONGEST_PRINTED):
        raise SettingsError(N_("The template %(file)s cannot be used: %(why)s", file=name, why=_TOO_LONG))
    return made


_TOO_LONG = N_("it makes more than a page can hold")


#: Jinja's filters that take no longer than what they are given: `sum` of lists, `center` and their like can be made to.
_FILTERS = frozenset(
    [
        "abs",
        "batch",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "e",
        "escape",
        "first",
        "float",
        "forceescape",
        "groupby",
        "int",
        "items",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "round",
        "safe",
        "select",
        "selectattr",
        "slice",
        "sort",
        "string",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "wordcount",
    ]
)


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with sums that cannot grow without end."""

    intercepted_binops = frozenset(["*", "**"])
    depth = 0  # of calls: Python's own limit is too deep for whoever listens to what is thrown away on the way

    def call(self, context: Any, called: Any, *arguments: Any, **named: Any) -> Any:
        if self.depth >= MOST_DEEP:
            raise RecursionError
        self.depth += 1
        try:
            return super().call(context, called, *arguments, **named)
        finally:
            self.depth -= 1

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        sizes = [len(one) if hasattr(one, "__len__") else abs(one) for one in (left, right)]
        longer = (
            operator == "*" and any(hasattr(one, "__len__") for one in (left, right)) and sizes[0] * sizes[1] > 10**5
        )
        if longer or max(sizes) > 10**6 or (operator == "**" and max(sizes) > 1000):
            raise SecurityError("a number too large")
        return super().call_binop(context, operator, left, right)


def _environment(folder: Path | None, locale: str, *, wiki: bool) -> _Sandbox:
    places = [*([folder / "templates"] if folder else []), shipped("templates")]
    environment = _Sandbox(
        loader=FileSystemLoader(places),
        undefined=StrictUndefined,
        autoescape=not wiki,
        finalize=_escaped if wiki else None,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters = {name: made for name, made in environment.filters.items() if name in _FILTERS}
    environment.globals.pop("lipsum", None)
    environment.filters |= {
        "web": web_address,
        "cell": lambda text, otherwise="…": Wikitext(table_cell(inert(text), otherwise)),
        "plain": plain_text,
        "prose": prose_text,
        "wikitext": Wikitext,
        "number": _number,
        "who": lambda user: said if isinstance(said := who(user), str) else render(said, locale),
        "day": lambda at: day(at.astimezone().date() if isinstance(at, datetime) else at, locale),
        "moment": lambda at: moment(at, locale, year=True),
        "utc": lambda at: moment(at.astimezone(UTC).replace(tzinfo=None), locale, year=True) + " (UTC)",
    }

    environment.globals["say"] = lambda text, **parts: render(N_(text, **parts), locale)
    environment.globals["several"] = lambda one, more, count, **parts: render(NP_(one, more, count, **parts), locale)
    return environment


def _number(count: int) -> Wikitext:
    """`1 200`, with a thin space that no line breaks at, as French writes numbers."""
    return Wikitext(f"{count:,}".replace(",", "\u202f"))


def _escaped(value: object) -> object:
    """What stands in a wikitext template's `{{ … }}`: as it reads, unless it is wikitext already."""
    return plain_text(value) if isinstance(value, str) and not isinstance(value, Wikitext) else value


def _place(error: BaseException, name: str) -> Message | str:
    """File and line of the template in which something went wrong."""
    if line := getattr(error, "lineno", 0):
        return N_("%(file)s, line %(line)d", file=getattr(error, "name", "") or name, line=line)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if re.search(r"\.jinja$", f.filename)]
    return N_("%(file)s, line %(line)d", file=_short(frames[-1].filename), line=frames[-1].lineno) if frames else name


def _short(path: str) -> str:
    """A template's name below its folder `templates/`."""
    return re.split(r"(?:^|[/\\])templates[/\\]", path)[-1].replace("\\", "/")


def _reason(error: BaseException) -> Message:
    if isinstance(error, TooMuch):
        return N_("it does not come to an end (seconds: %(seconds)d)", seconds=error.seconds)
    if isinstance(error, TemplateNotFound):
        return N_("there is no template “%(name)s”", name=error.name or "")
    if isinstance(error, SecurityError):
        return N_("it reaches for something that templates may not touch (%(why)s)", why=error.message or "")
    if isinstance(error, RecursionError):
        return N_("it calls itself without end")
    if isinstance(error, MemoryError):
        return _TOO_LONG
    said = error.message if isinstance(error, TemplateError) else str(error)
    return N_("%(why)s", why=said or type(error).__name__)
