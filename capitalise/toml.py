"""One table of a TOML file taken key by key: what is wrong, missing or left over becomes a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, get_origin, get_type_hints
from urllib.parse import SplitResult, urlsplit

from capitalise.files import reason
from capitalise.messages import N_, Message
from capitalise.pages.titles import normal_title, title_problem
from capitalise.sheets.file import ENDINGS
from capitalise.sheets.names import is_address

__all__ = [
    "TomlReader",
    "a_list_of_texts",
    "a_port",
    "a_share",
    "api_address",
    "as_tuple",
    "host_name",
    "inside_folder",
    "mail_address",
    "mails_or_pages",
    "not_negative",
    "one_of",
    "only_texts",
    "page_address",
    "page_title",
    "public_name",
    "read_fields",
    "read_toml",
    "sheet_names",
    "some_days",
    "web_address",
]

S = TypeVar("S")
Check = Callable[[Any], Message | None]
_FORMS: dict[Any, Message] = {
    str: N_("a text in quotes"),
    (str, list): N_("a text in quotes, or a list of them"),
    bool: N_("true or false"),
    int: N_("a whole number"),
    list: N_('a list: ["…", "…"]'),
    dict: N_("a table"),
}


class TomlReader:
    """Takes keys out of one TOML table; what is wrong, missing or left over becomes a problem."""

    def __init__(self, name: str, table: Any, problems: list[Message]) -> None:
        self.name, self.problems = name, problems
        self.table = dict(table) if isinstance(table, dict) else {}
        self.known: list[str] = []  # the keys there are
        if not isinstance(table, dict):
            self.problem(N_("must be a table"))

    def problem(self, message: Message) -> None:
        self.problems.append(N_("%(file)s: %(problem)s", file=self.name, problem=message))

    def take(self, key: str, kind: Any, default: Any, check: Check | None = None) -> Any:
        """The value of `key`; `default` None makes it a must."""
        self.known.append(key)
        if key not in self.table:
            if default is None:
                self.problem(N_("“%(key)s” is missing", key=key))
            return default
        value = self.table.pop(key)
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not right:
            form = _FORMS.get(kind, N_("a number"))
            self.problem(N_("“%(key)s” must be %(form)s", key=key, form=form))
            return default
        if check and (wrong := check(value)):
            self.problem(N_("“%(key)s” %(wrong)s", key=key, wrong=wrong))
        return value

    def done(self) -> None:
        for key in self.table:
            near = get_close_matches(key, self.known, 1)
            if near:
                self.problem(N_("“%(key)s” is not a setting; did you mean “%(near)s”?", key=key, near=near[0]))
            else:
                self.problem(N_("“%(key)s” is not a setting", key=key))


def read_fields(reader: TomlReader, settings: type[S]) -> S:
    """A frozen dataclass whose fields are a table's keys; one without a default is a must. Fields are texts, true or false, numbers,
    tuples of texts or tables of texts; one called `page` or `…_page` is a page's title, and `metadata={"check": …}` is a Check."""
    kinds = get_type_hints(settings)
    return settings(**{one.name: _field(reader, one, kinds[one.name]) for one in fields(settings)})  # type: ignore[arg-type]


def _field(reader: TomlReader, one: Field[Any], kind: Any) -> Any:
    if one.name in reader.known:
        reader.problem(N_("“%(key)s” is every bot's own setting: the kind must call its field otherwise", key=one.name))
    if kind not in (str, bool, int, float) and get_origin(kind) not in (tuple, dict, Mapping):
        reader.problem(
            N_("the kind's field “%(key)s” is of a type that no TOML says: see docs/python.md", key=one.name)
        )
        return None
    usual = one.default if one.default is not MISSING else None
    if one.default_factory is not MISSING:
        usual = one.default_factory()
    titled = one.name == "page" or one.name.endswith("_page")
    check = one.metadata.get("check") or (page_title if titled else None)
    if get_origin(kind) is tuple:
        return tuple(
            reader.take(one.name, list, None if usual is None else list(usual), check or a_list_of_texts) or ()
        )
    if get_origin(kind) is not None:
        return reader.take(one.name, dict, usual, check or only_texts) or {}
    value = reader.take(one.name, (int, float) if kind is float else kind, usual, check)
    return normal_title(value) if titled and value else value


def read_toml(path: Path, problems: list[Message], name: str = "") -> Any:
    """What a file holds; what is wrong becomes a problem that calls it `name`."""
    name = name or (path.name if path.parent.name != "bots" else f"bots/{path.name}")
    text = ""
    try:
        text = path.read_text("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError:
        problems.append(N_("%(file)s is not UTF-8 text: save it as UTF-8", file=name))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        if "twice" in str(error) or "overwrite" in str(error):
            why = N_(
                "%(file)s, line %(line)s: a table or a key stands here for the second time; join both into one",
                file=name,
                line=line[1] if line else text.count("\n") + 1,
            )
            problems.append(why)
            return {}
        problems.append(
            N_(
                '%(file)s, line %(line)s: this cannot be read: a text stands in quotes ("…"), a number (0.5) and a day '
                "(2027-11-19) without, yes and no are true and false; each bracket has its pair",
                file=name,
                line=line[1] if line else text.count("\n") + 1,
            )
        )
    except OSError as error:
        problems.append(N_("%(file)s cannot be read: %(why)s", file=name, why=reason(error)))
    return {}


def one_of(names: tuple[str, ...]) -> Check:
    return lambda value: None if value in names else N_("must be one of: %(names)s", names=", ".join(names))


def not_negative(value: float) -> Message | None:
    return None if 0 <= value < 1e9 else N_("must be 0 or more")


def a_share(value: float) -> Message | None:
    return None if 0 < value <= 1 else N_("must be more than 0 and at most 1 (0.5 is one page in two)")


def some_days(value: float) -> Message | None:
    return None if 0 < value <= 365 else N_("must be more than 0 and at most 365 days")


def page_title(value: str) -> Message | None:
    problem = title_problem(normal_title(value)) if value else None
    return N_("must be the title of a page: %(problem)s", problem=problem) if problem else None


def web_address(value: str) -> Message | None:
    parts = _parts(value)
    return None if is_address(value) and parts and parts.hostname else N_("must be an address (https://…)")


def mail_address(value: str) -> Message | None:
    good = re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", value)
    return None if good else N_("must be a mail address: camille@example.org")


def host_name(value: str) -> Message | None:
    good = value and not set(value) & set("/@: \r\n\t")
    return None if good else N_("must be the name of a server: smtp.example.org")


def a_port(value: int) -> Message | None:
    return None if 0 < value < 65536 else N_("must be a port: 587, or 465")


def mails_or_pages(value: list[Any]) -> Message | None:
    """Who is told: mail addresses, and pages of the wiki."""
    for one in value:
        wrong = not isinstance(one, str) or not one or (mail_address(one) if "@" in one else page_title(one))
        if wrong:
            return N_("must be a list of mail addresses and pages: %(one)s is neither", one=one)
    return None


def document_names(value: str | list[Any]) -> Message | None:
    """Documents that people write together: files of the workspace, or addresses."""
    names = [value] if isinstance(value, str) else value
    good = all(isinstance(one, str) and one and ("://" in one or inside_folder(one) is None) for one in names)
    return None if good else N_("must be the path of a document, its address, or a list of them")


def archive_place(value: str) -> Message | None:
    """An address of the web, or a folder of the workspace."""
    return web_address(value) if "://" in value else inside_folder(value)


def page_address(value: str) -> Message | None:
    if web_address(value) is None and value.count("$1") == 1:
        return None
    return N_("must be the address of a page with $1 for its title, as in https://wiki.example.org/wiki/$1")


def _parts(value: str) -> SplitResult | None:
    """An address taken apart; None for one that is none (a bracket without its pair)."""
    try:
        return urlsplit(value)
    except ValueError:
        return None


def public_name(value: str) -> Message | None:
    """It is shown in public, in every summary."""
    good = "@" not in value and value.count("[[") == value.count("]]") and not set("{}<>\n") & set(value)
    return None if good else N_("must be a name or a page, as in [[Utilisateur:Camille]]: everybody reads it")


def api_address(value: str) -> Message | None:
    parts = _parts(value)
    if parts and parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc:
        return None
    return N_("must be an address of the wiki, at best the one ending in api.php: https://wiki.example.org/w/api.php")


def inside_folder(value: str) -> Message | None:
    path = Path(value)
    return N_("must be a folder inside the workspace") if path.is_absolute() or ".." in path.parts else None


def as_tuple(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def sheet_names(value: str | list[Any]) -> Message | None:
    names = as_tuple(value)
    good = [n for n in names if isinstance(n, str) and (_parts(n) if is_address(n) else n.lower().endswith(ENDINGS))]
    if names and len(good) == len(names):
        return None
    return N_("must be the path of an .ods, .xlsx or .csv file, the address of a published sheet, or a list of them")


def a_list_of_texts(value: list[Any]) -> Message | None:
    """Every one of them a text."""
    return None if all(isinstance(text, str) for text in value) else N_("must be a list of texts in quotes")


def only_texts(value: Mapping[str, Any]) -> Message | None:
    return None if all(isinstance(text, str) for text in value.values()) else N_("must hold texts in quotes")
