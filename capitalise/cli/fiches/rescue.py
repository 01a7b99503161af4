"""`rescue -o`: the pages of a bot's form out of an archive, as the rows of a sheet."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from capitalise.archives.credits import credit_of
from capitalise.archives.mojibake import Mended
from capitalise.archives.page import SavedPage
from capitalise.bots.fiches.form import FicheForm, fiche_form
from capitalise.bots.fiches.headings import known_from, read_answers
from capitalise.bots.fiches.kind import form_of
from capitalise.bots.fiches.placing import Target, heading_words
from capitalise.bots.fiches.rescued import Left, Rescued, RescuedRow, merged_rows, read_fiches
from capitalise.bots.fiches.rows import SOURCE, TITLE, WRITER
from capitalise.cli.fiches.bots import with_sheet
from capitalise.cli.main import LANGUAGE
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.show import Screen
from capitalise.errors import WAITING, CapitaliseError, SettingsError, SheetError
from capitalise.exports.templates import shipped
from capitalise.forms.definition import read_form
from capitalise.forms.kit import categories_of, kit_pages
from capitalise.forms.schema import build_schema
from capitalise.forms.template import read_template
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.model import SheetLook
from capitalise.sheets import ods, xlsx
from capitalise.sheets.table import XLSX_CHARACTERS, Comments, Table
from capitalise.wikis.archive import ArchiveWiki
from capitalise.wikis.page_files import pages_in
from capitalise.wikitext.preprocessor import CORE_TAGS
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import task_for
from capitalise.workspace.rescuing import batches_of, titles_of
from capitalise.workspace.workspace import Workspace

__all__ = ["into_sheet"]

SHEETS = (".ods", ".xlsx")
KIT = "templates/kit"
MOST_LABELS = 8  # that are told


@dataclass
class RescuedKit:
    """The rows of an archive with their addresses and authors, what fits no field, and what stood out. `others` counts pages of no fiche."""

    form: FicheForm
    rows: list[RescuedRow] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    authors: dict[str, list[str]] = field(default_factory=dict)
    pictures: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    mended: list[tuple[str, Mended]] = field(default_factory=list)
    pages: int = 0
    others: list[str] = field(default_factory=list)
    from_kit: bool = False
    unknown: Counter[str] = field(default_factory=Counter)
    guessed: Counter[tuple[str, str]] = field(default_factory=Counter)
    answers: str = ""

    def told(self) -> Iterator[Message]:
        """What was found, a line each."""
        if self.from_kit:
            yield N_("The bot's wiki has no such form yet, or does not answer: the kit's was used (templates/kit).")
        rows = NP_("%(count)d row", "%(count)d rows", len(self.rows))
        pages = NP_("%(count)d page of the archive", "%(count)d pages of the archive", self.pages)
        others = NP_("%(count)d page is something else", "%(count)d pages are something else", len(self.others))
        yield N_("%(rows)s, from %(pages)s; %(others)s (tab “autres pages”).", rows=rows, pages=pages, others=others)
        if self.left:
            yield NP_(
                "%(count)d piece fits no field: it stands in the last tab, “à classer”.",
                "%(count)d pieces fit no field: they stand in the last tab, “à classer”.",
                len(self.left),
            )
        labels = {one.name: one.label for one in self.form.fields}
        for (words, name), count in self.guessed.most_common(MOST_LABELS):
            yield NP_(
                "“%(words)s” was read as %(field)s, on %(count)d page.",
                "“%(words)s” was read as %(field)s, on %(count)d pages.",
                count,
                words=words,
                field=labels.get(name, name),
            )
        often = [(words, count) for words, count in self.unknown.most_common(MOST_LABELS) if count > 1]
        if often:
            listed = ", ".join(f"“{words}” ({count})" for words, count in often)
            yield N_(
                "Not known, though several stand where labels do: %(labels)s. If one is a field, say so in %(file)s and type the command again:\n  "
                '[headings]\n  "%(first)s" = "champ: %(field)s"     (or: = "ignorer")',
                labels=listed,
                file=self.answers,
                first=often[0][0],
                field=(self.form.first_text or self.form.fields[0]).label,
            )
        if self.mended:
            yield NP_(
                "%(count)d piece of text had been decoded wrongly and was mended: tab “encodage”.",
                "%(count)d pieces of text had been decoded wrongly and were mended: tab “encodage”.",
                len(self.mended),
            )

    def as_dict(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "rows": [asdict(row) | {"address": self.addresses.get(row.page, "")} for row in self.rows],
            "left": [asdict(one) for one in self.left],
            "pages": self.pages,
            "others": self.others,
        }


def into_sheet(
    workspace: Workspace,
    screen: Screen,
    archive: ArchiveWiki,
    output: Path,
    bot: str,
    pages: Sequence[str],
    *,
    json_: bool,
) -> None:
    if output.suffix.lower() not in SHEETS:
        raise SettingsError(N_("%(file)s: a rescued kit is a sheet, .ods or .xlsx.", file=output))
    refuse_outputs(workspace, {output.suffix.lower(): output})
    found = rescue_fiches(workspace, archive, with_sheet(workspace.bot(bot)), pages)
    if not found.rows:
        raise SettingsError(
            N_("No page of the archive shows what the form holds (%(labels)s).", labels=", ".join(found.form.order))
        )
    write(workspace, output, rescued_sheet(found, output.suffix.lower(), LANGUAGE))
    if json_:
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        for line in found.told():
            screen.say(line)
        _unreadable(screen, archive)
        screen.say(N_("Saved: %(file)s", file=output), bold=True)
        screen.say(
            N_(
                "Next: read it, then  capitalise plan %(bot)s --sheet %(file)s  (or make it the bot's sheet in bots/%(bot)s.toml)",
                bot=bot,
                file=output,
            )
        )
    sys.exit(WAITING if found.left or archive.unreadable else 0)


def _unreadable(screen: Screen, archive: ArchiveWiki) -> None:
    for title, why in archive.unreadable.items():
        screen.line(f"  {title} : {screen.text(why)}", fg="yellow")


def rescue_fiches(opened: Opened, archive: ArchiveWiki, bot: Bot, patterns: Sequence[str]) -> RescuedKit:
    """The rows of a bot's form. Raises SettingsError where nobody says what its fields are."""
    form, categories, from_kit = _form(opened, bot)
    path = opened.folder / "imports" / f"{bot.name}.toml"
    answers = read_answers(path)
    said = known_from(answers, (), (), form, path.name).headings
    found = RescuedKit(form, from_kit=from_kit, answers=path.relative_to(opened.folder).as_posix())
    rows: list[RescuedRow] = []
    alone: list[tuple[str, str]] = []
    for pages in batches_of(archive, titles_of(archive, patterns)):
        known = list(_known(archive, pages, form, categories, said))
        fiches = {one.page.title for one in known}
        found.others += [page.title for page in pages if page.title not in fiches]
        found.addresses |= {page.title: archive.address_of(page.title) for page in pages}
        found.pages += len(known)
        for one in known:
            rows += one.rows
            found.left += one.left
            found.unknown.update({words for words in one.unknown if heading_words(words) not in said})
            found.guessed.update(one.guessed.items())
            alone += [(one.page.title, words) for words in one.guessed]
            found.mended += [(one.page.title, mend) for mend in one.page.mended]
            found.pictures |= dict.fromkeys(one.page.pictures, ("", "", ""))
    found.rows, left = merged_rows(rows, form)
    found.left += left
    found.left += [
        Left(page, "", "", words)
        for page, words in alone
        if sum(n for (w, _f), n in found.guessed.items() if w == words) == 1
    ]
    for row in found.rows:
        found.authors[row.page] = found.authors.get(row.page) or archive.authors(row.page)
    found.pictures = {title: _credit(archive, title) for title in found.pictures}
    return found


def _known(
    archive: ArchiveWiki,
    pages: Sequence[SavedPage],
    form: FicheForm,
    categories: frozenset[str],
    said: Mapping[str, Target],
) -> Iterator[Rescued]:
    """What some pages give: all at once, or where one is too much for that, one by one."""
    try:
        yield from list(read_fiches(pages, form, categories, said))
    except SheetError as error:
        for one in pages if len(pages) > 1 else ():
            yield from _known(archive, [one], form, categories, said)
        if len(pages) == 1:
            archive.unreadable[pages[0].title] = error.message


def _form(opened: Opened, bot: Bot) -> tuple[FicheForm, frozenset[str], bool]:
    """The bot's form and the categories of its pages: from its wiki, or the kit's where that has none yet."""
    options = bot.options
    own = {options.category} - {""}
    try:
        task = task_for(opened, bot)
        form = form_of(options, task)
        page = task.reader.definitions("template", [form.template]).get(form.template)
        if page:
            return form, frozenset({*own, *categories_of(page.text or "")}), False
    except CapitaliseError:
        pass
    folder = opened.folder / KIT
    pages = kit_pages(pages_in(folder if folder.is_dir() else shipped("templates") / "kit"), "fr")
    texts = {(one.kind, one.name): one.text for one in pages}
    text = next((texts["form", n] for n in (normal_title(options.form), "Ingrédient") if ("form", n) in texts), None)
    if text is None:
        raise SettingsError(
            N_("There is no form “%(form)s”, neither on the wiki nor in templates/kit.", form=options.form)
        )
    readings = {name: read_template(words) for (kind, name), words in texts.items() if kind == "template"}
    schema = build_schema(options.form, read_form(text), readings, {})
    form = fiche_form(schema, CORE_TAGS, options.template, opened.wiki(bot.wiki).language)
    return form, frozenset({*own, *categories_of(texts.get(("template", form.template), ""))}), True


def _credit(archive: ArchiveWiki, title: str) -> tuple[str, str, str]:
    page = archive.readable(title)
    return (*(credit_of(page) if page else ("", "")), archive.address_of(title))


def rescued_sheet(found: RescuedKit, ending: str, language: str) -> bytes:
    """The sheet: a row a page as the bot reads them, then what fits nowhere, pictures with their credits, what was mended."""
    labels = [one.label for one in found.form.fields]
    header = (TITLE, *labels, WRITER, SOURCE)
    rows = [_line(found, row) for row in sorted(found.rows, key=lambda row: sort_key(row.title))]
    step = found.form.step
    look = SheetLook("kit", ((step.label, step.values),) if step else ())
    table = Table(f"kit{ending}", header, tuple(rows), format=ending[1:])
    form: Any = xlsx if ending == ".xlsx" else ods
    long = next((line[0] for line in rows if any(len(cell) > XLSX_CHARACTERS for cell in line)), "")
    long = long or next((one.page for one in found.left if len(one.text) > XLSX_CHARACTERS), "")
    if long and ending == ".xlsx":
        raise SheetError(
            N_("“%(title)s” has a text that is too long for an .xlsx cell: name an .ods file.", title=long)
        )
    data: bytes = form.write(table, None, "", TITLE, look, Comments())
    for tab, names, lines in _tabs(found, language):
        if lines:
            data = form.with_tab(data, tab, names, lines)
    return data


def _line(found: RescuedKit, row: RescuedRow) -> tuple[str, ...]:
    address = found.addresses.get(row.page, "")
    authors = ", ".join(found.authors.get(row.page, ())) or address
    return (row.title, *(row.cells.get(one.name, "") for one in found.form.fields), authors, address)


def _tabs(found: RescuedKit, language: str) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    def named(*names: Message) -> tuple[str, ...]:
        return tuple(render(one, language) for one in names)

    page, address = N_("Page of the archive"), N_("Address")
    pictures: list[tuple[str, ...]] = [(title, *credit) for title, credit in sorted(found.pictures.items())]
    yield "images", named(N_("File"), N_("Author"), N_("Licence"), address), pictures
    labels = {one.name: one.label for one in found.form.fields}
    words: list[tuple[str, ...]] = [
        (said, labels.get(name, name), str(n)) for (said, name), n in found.guessed.most_common()
    ]
    words += [(said, "", str(n)) for said, n in found.unknown.most_common()]
    yield "libellés", named(N_("Label"), N_("Read as"), N_("Pages")), words
    others: list[tuple[str, ...]] = [(title, found.addresses.get(title, "")) for title in found.others]
    yield "autres pages", named(page, address), others
    mended: list[tuple[str, ...]] = [(title, one.before, one.after) for title, one in found.mended]
    yield "encodage", named(page, N_("Before"), N_("After")), mended
    left: list[tuple[str, ...]] = [
        (one.page, one.title, one.label, one.text, found.addresses.get(one.page, "")) for one in found.left
    ]
    yield "à classer", named(page, N_("Under"), N_("Field"), N_("Text"), address), left
