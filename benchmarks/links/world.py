"""Pages of four wikis that quote each other, one link in twenty damaged in one of the ways that happen, the truth beside them.

Pure and seeded: the same seed makes the same world. Titles are made of words that are far from each other, so that what is
meant by a damaged one is never in doubt.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

__all__ = ["DAMAGE", "PREFIX", "Broken", "World", "make_world"]

Page = tuple[str, str]
SHARE = {"wikiversite": 0.25, "wikilivres": 0.15, "communs": 0.4, "movilab": 0.2}
PREFIX = {"wikiversite": "v", "wikilivres": "b", "communs": "lescommuns", "movilab": "movilab"}
BEFORE = {"wikiversite": "Recherche:", "wikilivres": "Le livre/", "communs": "", "movilab": ""}
SECTIONS = ("Définir l'essentiel", "Qui décide ?", "Coûts & recettes", "Définir l'essentiel")
SYLLABLES = (
    "bra",
    "co",
    "dé",
    "fli",
    "gu",
    "ha",
    "jo",
    "ki",
    "lou",
    "mé",
    "ni",
    "pô",
    "qua",
    "ru",
    "si",
    "ta",
    "ve",
    "xo",
    "zu",
)


@dataclass(frozen=True)
class Broken:
    """A damaged link: on which line of which page (0: a template makes it), in which way, the address it leads to, and the page
    that was meant ("" where none was)."""

    wiki: str
    title: str
    line: int
    damage: str
    target: Page
    meant: str = ""


@dataclass
class World:
    """`pages` by wiki and title; `moved` (from → to) and `deleted` are done once they are there."""

    pages: dict[Page, str] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)
    moved: dict[Page, str] = field(default_factory=dict)
    deleted: list[Page] = field(default_factory=list)
    links: int = 0


class _Maker:
    def __init__(self, seed: int, server: Callable[[str], str], outside: Sequence[str]) -> None:
        self.random, self.server, self.outside = random.Random(seed), server, outside
        self.world = World()
        self.titles: dict[str, list[str]] = {key: [] for key in SHARE}
        self.used: set[str] = set()

    def word(self) -> str:
        """A word that no other is like."""
        while True:
            word = "".join(self.random.choices(SYLLABLES, k=4))
            if word not in self.used:
                self.used.add(word)
                return word

    def title(self, wiki: str) -> str:
        first, second, third = self.word(), self.word(), self.word()
        return f"{BEFORE[wiki]}{first.capitalize()} d'{second} {third}"

    def other(self, wiki: str) -> Page:
        """A page to quote: mostly one of another wiki."""
        key = self.random.choice([k for k in SHARE if k != wiki] * 2 + [wiki])
        return key, self.random.choice(self.titles[key])

    # -- ways to write a link ---------------------------------------------------------------------

    def written(self, wiki: str, target: Page, section: str = "") -> str:
        """A link in one of the ways people write it."""
        key, title = target
        way = self.random.randrange(7)
        if way == 4:
            return f"[{self.address(key, title)}{self.anchor(section)} là-bas]"
        if way == 5:
            return f"{self.server(key)}/w/index.php?title={quote(title.replace(' ', '_'), safe='/:')}{self.anchor(section)}"
        return self.link(wiki, key, title, section, way)

    def link(self, wiki: str, key: str, title: str, section: str, way: int) -> str:
        name = title if key == wiki else f"{PREFIX[key]}:{title}"
        name = name.replace(" ", "_") if way == 1 else name
        part = f"#{section}" if section else ""
        return {
            0: f"[[{name}{part}]]",
            1: f"[[:{name}{part}|ce texte]]",
            2: f"un mot<ref>Voir [[{name}{part}|là]].</ref>",
            3: f"{{{{Encadré|texte=Voir [[{name}{part}|ici]]}}}}",
            6: f"''[[{name}{part}]]''",
        }[way]

    def address(self, key: str, title: str) -> str:
        return f"{self.server(key)}/wiki/{quote(title.replace(' ', '_'), safe='/:')}"

    def anchor(self, section: str) -> str:
        """In either of MediaWiki's encodings."""
        if not section:
            return ""
        encoded = quote(section.replace(" ", "_"), safe=":")
        return "#" + (encoded.replace("%", ".") if self.random.random() < 0.3 else encoded)

    # -- pages ------------------------------------------------------------------------------------

    def fill(self, pages: int, links: int, share: float) -> World:
        for wiki, part in SHARE.items():
            self.titles[wiki] = [self.title(wiki) for _number in range(round(pages * part))]
        for key in SHARE:
            self.world.pages[key, "Modèle:Encadré"] = "<div>{{{texte|}}}</div>"
            self.world.pages[key, "Modèle:Vers"] = "[[{{{1}}}]]"
            self.world.pages[key, "Modèle:Partie"] = "== {{{1}}} =="
        each, ways = links // pages, list(DAMAGE)
        for wiki, titles in self.titles.items():
            for title in titles:
                self.page(wiki, title, each, share, ways)
        return self.world

    def page(self, wiki: str, title: str, links: int, share: float, ways: list[str]) -> None:
        lines = ["Une introduction.", *(f"== {name} ==" for name in SECTIONS), "{{Partie|Faite par un modèle}}"]
        for _number in range(links):
            self.world.links += 1
            if self.random.random() < share:
                damage = ways[len(self.world.broken) % len(ways)]
                text, target, meant, line = DAMAGE[damage](self, wiki)
                self.world.broken.append(Broken(wiki, title, 0 if line == 0 else len(lines) + 1, damage, target, meant))
            else:
                text = self.good(wiki)
            lines.append(f"* Une phrase, {text} et sa suite.")
        self.world.pages[wiki, title] = "\n".join(lines)

    def good(self, wiki: str) -> str:
        chance = self.random.random()
        target = self.other(wiki)
        if chance < 0.05:
            return f"{self.random.choice(self.outside)}/bon/{self.random.randrange(3)}"
        if chance < 0.1:
            name = target[1] if target[0] == wiki else f"{PREFIX[target[0]]}:{target[1]}"
            return f"{{{{Vers|{name}}}}}"
        if chance < 0.3:
            section = self.random.choice([*SECTIONS[:3], "Définir l'essentiel 2", "Faite par un modèle"])
            return self.written(wiki, target, section.replace("essentiel 2", "essentiel_2"))
        return self.written(wiki, target)


Made = tuple[str, Page, str, int]


def _renamed(change: Callable[[str], str]) -> Callable[[_Maker, str], Made]:
    def damage(maker: _Maker, wiki: str) -> Made:
        key, title = maker.other(wiki)
        wrong = BEFORE[key] + change(title.removeprefix(BEFORE[key]))
        return maker.written(wiki, (key, wrong)), (key, wrong), title, 1

    return damage


def _typo(title: str) -> str:
    """Two letters that changed places in the second word, which is long."""
    at = title.index("'") + 3
    return (
        title[:at] + title[at + 1] + title[at] + title[at + 2 :]
        if title[at] != title[at + 1]
        else title[:at] + "w" + title[at:]
    )


def _missing(maker: _Maker, wiki: str) -> Made:
    key = maker.random.choice(list(SHARE))
    title = maker.title(key)
    return maker.written(wiki, (key, title)), (key, title), "", 1


def _namespace(maker: _Maker, wiki: str) -> Made:
    title = maker.random.choice(maker.titles["wikiversite"])
    bare = title.removeprefix("Recherche:")
    return maker.written(wiki, ("wikiversite", bare)), ("wikiversite", bare), title, 1


def _wiki(maker: _Maker, wiki: str) -> Made:
    key = maker.random.choice([one for one in ("wikilivres", "movilab", "communs") if one != wiki])
    title = maker.random.choice(maker.titles[key])
    return maker.link(wiki, wiki, title, "", 0), (wiki, title), title, 1


def _moved(maker: _Maker, wiki: str) -> Made:
    key = maker.random.choice(list(SHARE))
    old, new = maker.title(key), maker.title(key)
    maker.world.pages[key, old] = "Une page qui déménage."
    maker.world.moved[key, old] = new
    return maker.written(wiki, (key, old)), (key, old), new, 1


def _deleted(maker: _Maker, wiki: str) -> Made:
    key = maker.random.choice(list(SHARE))
    title = maker.title(key)
    maker.world.pages[key, title] = "Une page qui s'en va."
    maker.world.deleted.append((key, title))
    return maker.written(wiki, (key, title)), (key, title), "", 1


def _section(maker: _Maker, wiki: str) -> Made:
    target = maker.other(wiki)
    return maker.written(wiki, target, f"Une section {maker.word()}"), target, "", 1


def _redirect(to: Callable[[_Maker, str], str]) -> Callable[[_Maker, str], Made]:
    def damage(maker: _Maker, wiki: str) -> Made:
        key = maker.random.choice(list(SHARE))
        title = maker.title(key)
        maker.world.pages[key, title] = f"#REDIRECTION [[{to(maker, key)}]]"
        return maker.written(wiki, (key, title)), (key, title), "", 1

    return damage


def _double(maker: _Maker, key: str) -> str:
    middle = maker.title(key)
    maker.world.pages[key, middle] = f"#REDIRECTION [[{maker.random.choice(maker.titles[key])}]]"
    return middle


def _number(maker: _Maker, wiki: str) -> Made:
    key, number = maker.random.choice(list(SHARE)), maker.random.randrange(900_000, 999_999)
    return f"[{maker.server(key)}/w/index.php?curid={number} là]", (key, f"?curid={number}"), "", 1


def _invalid(maker: _Maker, wiki: str) -> Made:
    key, title = maker.random.choice(list(SHARE)), f"{maker.word()}[1]"
    address = f"{maker.server(key)}/wiki/{title.replace('[', '%5B').replace(']', '%5D')}"
    return f"[{address} là]", (key, title[:1].upper() + title[1:]), "", 1


def _made(maker: _Maker, wiki: str) -> Made:
    key = maker.random.choice(list(SHARE))
    title = maker.title(key)
    name = title if key == wiki else f"{PREFIX[key]}:{title}"
    return f"{{{{Vers|{name}}}}}", (key, title), "", 0


def _dead(maker: _Maker, wiki: str) -> Made:
    address = f"{maker.random.choice(maker.outside)}/mort/{maker.random.randrange(10**6)}"
    return maker.random.choice([f"[{address} ailleurs]", address]), ("", address), "", 1


#: The ways in which links break, and how each is made: the text, where it leads, what was meant, whether it has a line.
DAMAGE: Mapping[str, Callable[[_Maker, str], Made]] = {
    "never there": _missing,
    "typo": _renamed(_typo),
    "capitals": _renamed(lambda title: title[:3] + title[3:].swapcase()),
    "accents": _renamed(
        lambda title: title.replace("é", "e").replace("ô", "o") + ("̀" if not set("éô") & set(title) else "")
    ),
    "apostrophe": _renamed(lambda title: title.replace("'", "’")),
    "dashes": _renamed(lambda title: title.replace(" ", "-")),
    "namespace": _namespace,
    "wiki": _wiki,
    "moved": _moved,
    "deleted": _deleted,
    "section": _section,
    "double redirect": _redirect(_double),
    "redirect to nothing": _redirect(lambda maker, key: maker.title(key)),
    "number": _number,
    "no title": _invalid,
    "made by a template": _made,
    "dead address": _dead,
}


def make_world(
    seed: int, pages: int, links: int, share: float, server: Callable[[str], str], outside: Sequence[str]
) -> World:
    """`server` gives the address of a wiki's machine, `outside` are those of other sites."""
    return _Maker(seed, server, outside).fill(pages, links, share)


def dumps(world: World) -> Iterator[tuple[str, str]]:
    """The pages of each wiki as XML for `importDump.php`."""
    from xml.sax.saxutils import escape

    head = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="fr">\n'
    for wiki in SHARE:
        pages = "".join(
            f"<page><title>{escape(title)}</title><revision><timestamp>2026-01-01T00:00:00Z</timestamp><contributor>"
            "<username>Camille</username></contributor><model>wikitext</model><format>text/x-wiki</format>"
            f'<text xml:space="preserve">{escape(text)}</text></revision></page>\n'
            for (key, title), text in world.pages.items()
            if key == wiki
        )
        yield wiki, f"{head}{pages}</mediawiki>\n"
