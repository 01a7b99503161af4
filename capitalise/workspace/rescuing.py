"""What an archive holds, brought where people can go on with it: rows of a sheet, the folder of a report, pages of a folder wiki."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from capitalise.archives.credits import credit_of
from capitalise.archives.files import titles_like
from capitalise.archives.markdown import to_markdown
from capitalise.archives.mojibake import Mended
from capitalise.archives.page import SavedPage
from capitalise.bots.fiches.form import FicheForm, fiche_form
from capitalise.bots.fiches.headings import known_from, read_answers
from capitalise.bots.fiches.placing import Target, heading_words
from capitalise.bots.fiches.rescued import Left, Rescued, RescuedRow, merged_rows, read_fiches
from capitalise.bots.fiches.rows import SOURCE, TITLE, WRITER
from capitalise.bots.fiches.writers import with_source
from capitalise.bots.roumics.event import Event, Session
from capitalise.bots.roumics.new_edition import write_edition
from capitalise.bots.roumics.read_back import read_page
from capitalise.errors import CapitaliseError, SettingsError, SheetError, Skip, Stale
from capitalise.exports.templates import shipped
from capitalise.files import write_safely
from capitalise.forms.definition import read_form
from capitalise.forms.kit import categories_of, kit_pages
from capitalise.forms.schema import build_schema
from capitalise.forms.template import read_template
from capitalise.messages import N_, NP_, Message, render
from capitalise.pages.revisions import Edit
from capitalise.pages.titles import normal_title, sort_key
from capitalise.plans.model import SheetLook
from capitalise.sheets import ods, xlsx
from capitalise.sheets.table import XLSX_CHARACTERS, Comments, Table
from capitalise.wikis.archive import SOME, ArchiveWiki
from capitalise.wikis.folder import FolderWiki
from capitalise.wikis.page_files import pages_in
from capitalise.wikitext.canonical import canonical
from capitalise.wikitext.preprocessor import CORE_TAGS
from capitalise.workspace.opened import Bot, Opened
from capitalise.workspace.planning import task_for

__all__ = ["RescuedKit", "Taken", "rescue_all", "rescue_fiches", "rescue_report", "rescued_sheet", "titles_of"]

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


# -- a form's pages -------------------------------------------------------------------------------


def titles_of(archive: ArchiveWiki, patterns: Sequence[str]) -> list[str]:
    """The titles that patterns mean, all for none. Those without a `*` are asked for one by one: an archive on the web is not read whole. Raises
    SettingsError for one that is not there."""
    if not patterns:
        return archive.titles()
    plain = [normal_title(one) for one in patterns if "*" not in one]
    if missing := [title for title in plain if not archive.files.place(title)]:
        raise SettingsError(N_("No page of the archive is called %(title)s.", title=" ; ".join(missing)))
    wide = [one for one in patterns if "*" in one]
    return list(dict.fromkeys([*plain, *(titles_like(archive.titles(), wide) if wide else ())]))


def rescue_fiches(opened: Opened, archive: ArchiveWiki, bot: Bot, patterns: Sequence[str]) -> RescuedKit:
    """The rows of a bot's form. Raises SettingsError where nobody says what its fields are."""
    form, categories, from_kit = _form(opened, bot)
    path = opened.folder / "imports" / f"{bot.name}.toml"
    answers = read_answers(path)
    said = known_from(answers, (), (), form, path.name).headings
    found = RescuedKit(form, from_kit=from_kit, answers=path.relative_to(opened.folder).as_posix())
    rows: list[RescuedRow] = []
    alone: list[tuple[str, str]] = []
    for pages in _batches(archive, titles_of(archive, patterns)):
        known = list(_known(archive, pages, form, categories, said))
        found.others += [page.title for page in pages if page.title not in {one.page.title for one in known}]
        found.pages += len(known)
        for one in known:
            rows += one.rows
            found.left += one.left
            found.unknown.update({words for words in one.unknown if heading_words(words) not in said})
            found.guessed.update(one.guessed.items())
            alone += [(one.page.title, words) for words in one.guessed]
            found.mended += [(one.page.title, mend) for mend in one.page.mended]
            found.addresses[one.page.title] = archive.address_of(one.page.title)
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
        from capitalise.bots.fiches.kind import form_of

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


def _batches(archive: ArchiveWiki, titles: Iterable[str]) -> Iterator[list[SavedPage]]:
    """Pages some at a time, redirects left out; those that cannot be read are remembered by the archive."""
    some: list[SavedPage] = []
    for title in titles:
        page = archive.readable(title)
        if page and not page.redirect and not page.asked:
            some.append(page)
        if len(some) == SOME:
            yield some
            some = []
    if some:
        yield some


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


# -- reports and whole wikis --------------------------------------------------------------------


@dataclass
class Taken:
    """What was written: how many pages, which files; pages that were there already, and pages that were not taken, with the reason."""

    pages: int = 0
    files: list[Path] = field(default_factory=list)
    same: int = 0
    skipped: list[tuple[str, Message]] = field(default_factory=list)
    mended: list[tuple[str, Mended]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The same for programs."""
        skipped = [{"title": title, "reason": render(why, "fr")} for title, why in self.skipped]
        return {"pages": self.pages, "files": [str(path) for path in self.files], "same": self.same, "skipped": skipped}


def rescue_all(archive: ArchiveWiki, target: Path, language: str) -> Taken:
    """Every page as wikitext into a folder wiki; a page that is there with another text, or that somebody deleted there, stays as it is. Raises
    SettingsError for a folder that is not empty and no such wiki, and for an archive without pages."""
    if target.exists() and any(target.iterdir()) and not (target / ".capitalise").is_dir():
        raise SettingsError(N_("%(dir)s already holds files: nothing was written.", dir=target))
    titles = archive.titles()
    if not titles:
        raise SettingsError(N_("The archive “%(key)s” holds no pages.", key=archive.key))
    target.mkdir(parents=True, exist_ok=True)
    wiki, taken = FolderWiki(archive.key, target, user="archive"), Taken()
    with wiki.held():
        for title, text in archive.texts(titles):
            place, names = archive.address_of(title), ", ".join(archive.authors(title))
            whole = text if text.startswith("#REDIRECTION") else with_source(text, place, names, language)
            why = _put(wiki, title, canonical(whole), f"{place} ({names})" if names else place)
            taken.pages += why is None
            taken.same += why is _SAME
            taken.skipped += [(title, why)] if why and why is not _SAME else []
    taken.mended = archive.mended
    taken.skipped += sorted(archive.unreadable.items())
    return taken


_SAME = N_("there already")


def _put(wiki: FolderWiki, title: str, text: str, summary: str) -> Message | None:
    """Create a page of a folder wiki; why it was not, where it was not."""
    head = wiki.heads([title])[title]
    if head.revision:
        there = wiki.revisions([head.revision])[head.revision].text or ""
        return _SAME if there == text else N_("the folder has another text of this page: it stays as it is")
    if wiki.deleted_among([title]):
        return N_("somebody deleted this page in the folder: it is not made again")
    try:
        wiki.commit(Edit(title, 0, text, summary, wiki.now()))
    except (Skip, Stale) as error:
        return error.message
    return None


def rescue_report(archive: ArchiveWiki, titles: Sequence[str], target: Path) -> Taken:
    """A report's page and those of its sessions as the folder of an edition: programme and notes. Raises SettingsError where it holds files."""
    taken = Taken()
    texts = {
        title: re.sub(r"^\[\[Catégorie:[^\]]*\]\]$", "", text, flags=re.MULTILINE)
        for title, text in archive.texts(titles)
        if not text.startswith("#REDIRECTION")
    }
    reports = {title: read_page(target.name, title, text).event for title, text in texts.items()}
    main = max(reports, key=lambda title: len(reports[title].sessions), default="")
    if not main or not reports[main].sessions:
        raise SettingsError(N_("None of these pages shows a programme: %(titles)s.", titles=" ; ".join(titles)))
    read = read_page(target.name, main, texts[main])
    several = [title for title, one in reports.items() if len(one.sessions) > 2]
    if len(several) > 1:
        raise SettingsError(
            N_(
                "These pages are several reports: %(titles)s. Take one at a time, each into a folder of its own.",
                titles=" ; ".join(several),
            )
        )
    event, notes = _with_notes(replace(read.event, built=True), [title for title in texts if title != main])
    pages = {name: page for name, title in notes.items() if (page := archive.readable(title))}
    texts_of_notes = {name: to_markdown(page, archive.address_of) for name, page in pages.items()}
    taken.files = write_edition(target, event)
    for name, words in texts_of_notes.items():
        write_safely(target / "notes" / name, words.encode())
        taken.files.append(target / "notes" / name)
    taken.mended = [(page.title, mend) for page in pages.values() for mend in page.mended]
    if read.left:
        path = target / "a-relire.txt"
        write_safely(path, "".join(f"{number}: {line}\n" for number, line in read.left).encode())
        taken.files.append(path)
        taken.skipped.append(
            (
                main,
                NP_(
                    "%(count)d line was not understood: a-relire.txt",
                    "%(count)d lines were not understood: a-relire.txt",
                    len(read.left),
                ),
            )
        )
    taken.pages = 1 + len(notes)
    unused = [title for title in texts if title != main and title not in notes.values()]
    taken.skipped += [(title, N_("no session of the programme leads to this page")) for title in unused]
    return taken


def _with_notes(event: Event, titles: Sequence[str]) -> tuple[Event, dict[str, str]]:
    """The edition whose sessions name their notes, and which page becomes which file."""
    notes: dict[str, str] = {}
    sessions: list[Session] = []
    for session in event.sessions:
        mine = normal_title(session.page) if session.page else normal_title(f"{event.title} - {session.title}")
        if mine in titles and mine not in notes.values():
            name = f"{len(notes) + 1:02d}-{_slug(session.title)}.md"
            notes[name] = mine
            sessions.append(replace(session, notes=name))
        else:
            sessions.append(session)
    return replace(event, sessions=tuple(sessions)), notes


def _slug(title: str) -> str:
    return re.sub(r"[^\w]+", "-", title.casefold()).strip("-")[:50] or "notes"
