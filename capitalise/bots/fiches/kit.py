"""The pages of a form as a kit that can be exported: fields by what the bot's TOML says they are, HTML by the wiki, people by its histories."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import lxml.html

from capitalise.bots.fiches.beside import words_beside
from capitalise.bots.fiches.form import FicheField, FicheForm
from capitalise.bots.fiches.page import cells_of, raw_value
from capitalise.bots.fiches.roles import Fields, type_of
from capitalise.bots.fiches.settings import Fiches
from capitalise.bots.fiches.status import folded
from capitalise.bots.fiches.writers import writers_in
from capitalise.errors import Skip
from capitalise.exports.cleaned import clean_html, pictures_in, text_of, tree_of
from capitalise.exports.model import Chapter, Fiche, Kit, Picture, Tool, Words
from capitalise.exports.wikitext_html import to_html
from capitalise.messages import N_, Message
from capitalise.pages.addresses import Site, address_of, site_of
from capitalise.pages.answers import recalled
from capitalise.pages.ports import Reader
from capitalise.pages.revisions import BY_HAND, FileInfo, KeptAnswer, Revision, Shown
from capitalise.pages.titles import sort_key
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.instances import BREAK, parts_of
from capitalise.wikitext.redirects import redirect_of

__all__ = ["kit_of"]

_WEB = re.compile(r"https?://[^\s\[\]<>\"{}|]+", re.IGNORECASE)
_MARK = "capitalise-"
PICTURE_WIDTH = 1200  # pixels: 250 dots an inch across an A5 page


def kit_of(reader: Reader, form: FicheForm, settings: Fiches, language: str) -> Kit:
    """Every page of the form, sorted into its chapters. Raises SettingsError for a role that no field has, WikiError."""
    nothing = frozenset(map(folded, settings.status.placeholders))
    work = _Work(reader, form, settings.form, Fields.of(form, settings.export), nothing)
    listing = reader.members(form.template, settings.category)
    revisions = reader.revisions(listing.values())
    fiches = [work.fiche(revisions[number]) for title, number in listing.items() if number in revisions]
    found = work.with_pictures([one for one in fiches if one])
    fields = tuple((one.name, one.label, type_of(one)) for one in form.fields if one not in work.fields.left_out)
    return Kit(
        "",
        language,
        tuple(work.chapters(sorted(found, key=lambda one: sort_key(one.title)))),
        address=reader.address().replace("$1", ""),
        taken=max((one.changed for one in found if one.changed), default=None),
        fields=fields,
        people=tuple(sorted({name for one in found for name in one.people}, key=sort_key)),
        left_out=tuple(one.label for one in work.fields.left_out),
        notes=tuple(work.notes),
    )


@dataclass
class _Work:
    """Pages on their way into a kit."""

    reader: Reader
    form: FicheForm
    form_name: str
    fields: Fields
    placeholders: frozenset[str]
    notes: list[Message] = field(default_factory=list)

    @cached_property
    def online(self) -> bool:
        """Whether a server can be asked what a page looks like."""
        return bool(self.reader.script())

    @cached_property
    def site(self) -> Site:
        return site_of(self.reader)

    def address(self, title: str) -> str:
        return address_of(self.site, title) if self.reader.address() else ""

    def form_address(self, title: str) -> str:
        """Where the form of a page is filled in (Page Forms: Special:FormEdit)."""
        return self.address(f"Special:FormEdit/{self.form_name}/{title}") if self.online else ""

    # -- fiches -----------------------------------------------------------------------------------

    def fiche(self, revision: Revision) -> Fiche | None:
        """None for a page that cannot be read, which is said."""
        try:
            cells = cells_of(revision, self.form)
        except Skip as error:
            self.notes.append(N_("“%(title)s” is left out: %(why)s", title=revision.title, why=error.message))
            return None
        if beside := words_beside(revision.text or "", self.form):
            why = N_(
                "“%(title)s”: these words stand in no field of the form, and are not exported: %(words)s",
                title=revision.title,
                words=beside,
            )
            self.notes.append(why)
        (shown, pictures), edits = self.html_of(revision), self.edits(revision)
        words = partial(self.words, revision.title, shown)
        fields = self.fields
        return Fiche(
            revision.title,
            tuple(self.several(fields.chapter, cells)),
            tuple(map(words, fields.body)),
            words(fields.question) if fields.question else Words(""),
            tuple(self.tools(cells)),
            tuple(map(words, fields.sections)),
            tuple(self.several(fields.themes, cells)),
            cells[fields.shape.name].strip() if fields.shape else "",
            tuple(Picture(alt, source=title) for title, alt in pictures),
            leads=tuple(self.leads(cells)),
            values=tuple(
                (one.name, self.value(one, cells, shown)) for one in self.form.fields if one not in fields.left_out
            ),
            page=self.address(revision.title),
            form=self.form_address(revision.title),
            revision=revision.id,
            changed=revision.timestamp,
            edits=tuple((name, at) for name, at in edits if name),
            created=edits[0][1] if edits and not edits[0][0] else None,
            tools_label=fields.list.label if fields.list else "",
        )

    def words(self, title: str, shown: Mapping[str, str], one: FicheField) -> Words:
        """What a field shows; a placeholder (“plop”) is nothing yet, which is said."""
        html = shown.get(one.name, "")
        text = text_of(html)
        if not text or folded(text) not in self.placeholders:
            return Words(one.label, html, text)
        why = N_(
            "“%(title)s”: “%(words)s” in “%(field)s” is taken for a placeholder, and not printed",
            title=title,
            words=text,
            field=one.label,
        )
        self.notes.append(why)
        return Words(one.label)

    @staticmethod
    def several(one: FicheField | None, cells: Mapping[str, str]) -> list[str]:
        if one is None:
            return []
        cell = cells[one.name]
        parts = cell.split(one.delimiter) if one.several else [cell]
        return [part.strip() for part in parts if part.strip()]

    def value(self, one: FicheField, cells: Mapping[str, str], shown: Mapping[str, str]) -> object:
        """A field as a program reads it: words without markup, lists as lists, items by the names of their parts."""
        if one.instances:
            names = one.instances.fields
            lines = [line for line in cells[one.name].split("\n") if line.strip()]
            return [
                {
                    name: text_of(self.local(part.replace(BREAK, "\n")))
                    for name, part in zip(names, parts_of(line), strict=False)
                }
                for line in lines
            ]
        if self.is_list(one.name):
            return [text_of(self.local(line)) for line in cells[one.name].split("\n") if line.strip()]
        return self.several(one, cells) if one.several else text_of(shown.get(one.name, ""))

    def tools(self, cells: Mapping[str, str]) -> Iterable[Tool]:
        """The items of the list: of calls, one each; of words, one a line."""
        one = self.fields.list
        for line in cells[one.name].split("\n") if one else ():
            parts = [part.strip().replace(BREAK, " ") for part in (parts_of(line) if one and one.instances else [line])]
            address, rest = _without_address(parts)
            name, *more = [part for part in (text_of(self.local(part)).strip(" :–-*") for part in rest) if part] or [
                address
            ]
            if name:
                html = self.local(" – ".join(more))
                yield Tool(name, address, html, text_of(html))

    def leads(self, cells: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """Answers and the pages that they lead to, one a line: of calls, or `Oui → Choisir une licence`. "" leads to the end."""
        one = self.fields.leads
        for line in cells[one.name].split("\n") if one else ():
            parts = parts_of(line) if one and one.instances else line.strip("* ").split("→")
            text, target = (*(part.strip() for part in parts), "")[:2]
            if text:
                yield text_of(self.local(text)), target.strip("[]")

    # -- HTML -------------------------------------------------------------------------------------

    def html_of(self, revision: Revision) -> tuple[dict[str, str], list[tuple[str, str]]]:
        """The HTML of each field that holds something, by name, and the pictures in them (title of the file, what it shows): asked of
        the wiki once for each revision."""
        raws = {one.name: raw_value(revision.text or "", one, self.form) for one in self.form.fields}
        raws = {name: raw for name, raw in raws.items() if raw.strip() and not self.is_list(name)}
        if not raws or not self.online:
            return {name: self.local(raw, revision.title) for name, raw in raws.items()}, []
        asked = recalled(
            self.reader,
            f"export fields {self.form.digest}",
            [str(revision.id)],
            lambda _names: {str(revision.id): self.rendered(revision.title, raws)},
            lambda _name, found: KeptAnswer(json.dumps(found), (revision.title, *found[2])),
            list,
        )
        shown, pictures, _transcluded = asked[str(revision.id)]
        return shown, [(title, alt) for title, alt in pictures]

    def with_pictures(self, fiches: Sequence[Fiche]) -> list[Fiche]:
        """Where the pictures of all pages are, who made them and under which licence, asked for at once; what one shows must be said."""
        known = self.reader.pictures({one.source for fiche in fiches for one in fiche.pictures}, PICTURE_WIDTH)
        for fiche in fiches:
            for one in fiche.pictures:
                if not one.alt:
                    why = N_(
                        "“%(title)s”: nothing says in words what the picture “%(file)s” shows (|alt=…)",
                        title=fiche.title,
                        file=one.source,
                    )
                    self.notes.append(why)
        return [
            replace(fiche, pictures=tuple(_known(one, known) for one in fiche.pictures if one.source in known))
            for fiche in fiches
        ]

    def is_list(self, name: str) -> bool:
        return bool(self.fields.list and self.fields.list.name == name)

    def rendered(self, title: str, raws: Mapping[str, str]) -> list[Any]:
        """By the wiki, in one request; where one field's markup runs into the next one, in one for each. HTML by name, pictures, and the
        pages that are transcluded."""
        whole = "\n".join(f'<div id="{_MARK}{n}">\n{raw}\n</div>' for n, raw in enumerate(raws.values()))
        shown = [self.reader.html_of(title, whole) or Shown("")]
        parts = _parts(shown[0].html, len(raws))
        if parts is None:
            shown = [self.reader.html_of(title, raw) or Shown("") for raw in raws.values()]
            parts = [one.html for one in shown]
        pictures = [one for part in parts for one in pictures_in(part, self.site.article)]
        html = {name: clean_html(part, self.site.server) for name, part in zip(raws, parts, strict=True)}
        return [html, pictures, sorted({page for one in shown for page in one.transcluded})]

    def local(self, text: str, title: str = "") -> str:
        """By ourselves, where there is no server; what is not rendered is said."""

        def missing(what: str) -> None:
            if title:
                why = N_("“%(title)s”: %(what)s is not shown as the wiki shows it", title=title, what=what)
                self.notes.append(why)

        return clean_html(to_html(text, self.address, missing)) if text.strip() else ""

    # -- people -----------------------------------------------------------------------------------

    def edits(self, revision: Revision) -> list[tuple[str, datetime]]:
        """Who wrote a page and when, oldest first, bots left out: its revisions' users, and those of whom a run's summary says that the
        text is theirs. The first is the page's creation, "" where a bot made it or the history does not reach back so far."""
        found = recalled(
            self.reader,
            "edits",
            [str(revision.id)],
            lambda _names: {str(revision.id): self.writers(revision.title)},
            lambda _name, edits: KeptAnswer(json.dumps(edits), (revision.title,)),
            list,
        )
        return [(name, datetime.fromisoformat(at)) for name, at in found[str(revision.id)]]

    def bots(self, users: set[str]) -> set[str]:
        """Those of some users who are bots, each asked about once."""

        def ask(names: list[str]) -> dict[str, bool]:
            found = self.reader.bots(names)
            return {name: name in found for name in names}

        known = recalled(self.reader, "bot", users, ask, lambda _name, bot: KeptAnswer(json.dumps(bot)), bool)
        return {name for name, bot in known.items() if bot}

    def writers(self, title: str) -> list[tuple[str, str]]:
        history = self.reader.history(title, 1)
        users = {one.user for one in history if one.user and not run_of(one.comment)}
        people = users - self.bots(users) - {BY_HAND}
        found = [] if not history or history[0].parent else [("", history[0].timestamp.isoformat())]
        for one in history:
            names = writers_in(one.comment) if run_of(one.comment) else [one.user] if one.user in people else []
            found += [(name, one.timestamp.isoformat()) for name in names]
        return found

    # -- chapters ---------------------------------------------------------------------------------

    def chapters(self, fiches: Sequence[Fiche]) -> Iterable[Chapter]:
        """In the order of the form's values, then by name; fiches of none come last."""
        known = self.fields.chapter.values if self.fields.chapter else ()
        others = {name for one in fiches for name in one.chapters[:1]} - set(known)
        names = [*known, *sorted(others, key=sort_key)]
        pages = self.chapter_pages(names)
        for name in names:
            html, page = pages.get(name, ("", ""))
            yield Chapter(name, tuple(one for one in fiches if one.chapters[:1] == (name,)), html, page)
        if homeless := tuple(one for one in fiches if not one.chapters):
            yield Chapter("", homeless)

    def chapter_pages(self, names: Sequence[str]) -> dict[str, tuple[str, str]]:
        """What the wiki's page of a chapter says, where there is one: HTML and address."""
        heads = self.reader.heads(names) if names else {}
        there = {name: head.revision for name, head in heads.items() if head.revision and not head.redirect}
        texts = self.reader.revisions(there.values()) if there else {}
        found = {name: texts[number] for name, number in there.items() if number in texts}
        return {
            name: (self.page_html(one), self.address(one.title))
            for name, one in found.items()
            if one.text and not redirect_of(one.text)[0]
        }

    def page_html(self, revision: Revision) -> str:
        if not self.online:
            return self.local(revision.text or "", revision.title)
        asked = recalled(
            self.reader,
            "export whole page",
            [str(revision.id)],
            lambda _names: {str(revision.id): self.rendered(revision.title, {"": revision.text or ""})},
            lambda _name, found: KeptAnswer(json.dumps(found), (revision.title, *found[2])),
            list,
        )
        return str(asked[str(revision.id)][0][""])


def _without_address(parts: Sequence[str]) -> tuple[str, list[str]]:
    """The first address in some texts ("" for none), and the texts without that one."""
    for number, part in enumerate(parts):
        if found := _WEB.search(part):
            address = found[0].rstrip(".,;:!?'\"")
            while address.endswith(")") and address.count(")") > address.count("("):
                address = address[:-1]
            before, after = part[: found.start()], part[found.start() + len(address) :]
            if before.endswith("[") and "]" in after:  # [https://… words]
                before, after = before[:-1], after.replace("]", "", 1)
            return address, [*parts[:number], f"{before}{after}".strip(), *parts[number + 1 :]]
    return "", list(parts)


def _known(picture: Picture, known: Mapping[str, FileInfo]) -> Picture:
    info = known[picture.source]
    alt = picture.alt or picture.source.partition(":")[2]
    return Picture(alt, info.author, info.licence, info.page, info.picture, info.sha1)


def _parts(html: str, count: int) -> list[str] | None:
    """The HTML of each field; None where they do not stand side by side."""
    tree = tree_of(html)
    found = [tree.xpath(f".//div[@id='{_MARK}{n}']") for n in range(count)]
    inside = [one for some in found for one in some if one.xpath(f".//div[starts-with(@id, '{_MARK}')]")]
    if inside or any(len(some) != 1 for some in found):
        return None
    made = [lxml.html.tostring(some[0], encoding="unicode", with_tail=False) for some in found]
    for (one,) in found:
        one.drop_tree()
    beside = tree.text_content().strip()  # a list of notes, say, which belongs to one of them
    return None if beside else made
