"""Lines that are held back until somebody allows each: addresses, telephone numbers, who was there. A wiki's history is for ever.

Rather a line too many than one too few: a person says yes to it once, in the edition's `a-publier.txt`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from capitalise.messages import N_, Message

__all__ = [
    "Held",
    "held_line",
    "private",
    "read_decisions",
    "written_decision",
]

_OPEN, _CLOSE = r"[\[({<«]\s*", r"\s*[\])}>»]"
_DOT = rf"\s*(?:\.|{_OPEN}(?:dot|point|\.){_CLOSE}|\s(?:dot|point)\s)\s*"
_AT = r"(?:at|arr?obas?e?|chez|@)"
_POST = (
    r"(?:gmail|hotmail|yahoo|outlook|protonmail|riseup|posteo|gmx|laposte|wanadoo)"  # what hosts mail and little else
)
_MAIL = re.compile(
    r"[^\W_]@"  # as it is, whatever stands behind it
    rf"|\w\s*[@＠]\s*[\w-]+{_DOT}\w{{2,}}"
    r"|(?:^|\s)@[\w-]+\.[^\W\d]{2,}"  # the rest of one that begins on the line before
    rf"|\w\s*{_OPEN}{_AT}{_CLOSE}\s*[\w-]+"
    rf"|\w\s*{_OPEN}[aà]{_CLOSE}\s*[\w-]+{_DOT}\w{{2,}}"
    rf"|\w\s+(?:at|arr?obas?e?|a(?= \w+ point ))\s+[\w-]+(?:\.[\w-]+)*{_DOT}[^\W\d]{{2,}}"
    rf"|\w\s*-\s*at\s*-\s*\w+(?:{_DOT}|-dot-|-point-)[^\W\d]{{2,}}"
    rf"|\w\s+chez\s+[\w-]+\s+(?:point|dot)\s+[^\W\d]{{2,4}}\b"
    rf"|\w\s+(?:sur\s+)?\[?{_POST}(?:\.\w{{2,4}})?\]?(?=\W|$)"
    r"|(?:^|[:(,;]\s*)[\w.+-]+ (?:à|chez) [\w-]+(?:\.[\w-]+)*\.[^\W\d]{2,}\s*(?:$|[),;])"
    rf"|\w\s+(?:à|a|chez|at)\s+{_POST}\b|\w\s+{_POST}\s+(?:com|fr|org|net|ch|me)\b",
    re.IGNORECASE,
)
_GAP = r"[\s.,:()/·•-]*"
_SAID = r"\b(?:t[ée]l(?:[ée]phone)?s?|portable|port|mobile|gsm|fixe|whatsapp|signal|sms|appel\w{0,5}|joindre|joignable)\b[\s.:°)]*"
_PHONE = re.compile(
    rf"(?<![\d,.])[0o]{_GAP}[1-9](?:{_GAP}\d){{8}}(?!\d)"  # ten digits, as in France
    rf"|(?:\+|(?<!\d)00){_GAP}[1-9](?:{_GAP}\d){{7,14}}"  # of any country
    r"|(?<![\d-])\(?\d{3}\)?[ -]\d{3}-\d{4}(?![\d-])"  # of North America
    rf"|(?<!\d)\(?33\)?[\s.]*[1-9](?:{_GAP}\d){{8}}(?!\d)"
    r"|(?<!\d)0[1-9](?:[\s.-]*\d){7,8}(?!\d)"
    r"|(?<!\d)0\d{1,3}/\d{2,3}(?:[\s.]*\d\d){2,3}(?!\d)"  # of Belgium
    rf"|{_SAID}0?[1-9](?:{_GAP}\d){{6,8}}(?!\d)"
    r"|(?<![\d,.])[1-9](?:\d\d(?: \d\d){3}|(?: \d\d){4})(?![\d,.])"  # a sheet ate its zero
    r"|(?<![\d,.])[67]\d{8}(?![\d,.])"
    r"|\b(?:six|sept)(?:\s\d\d){4}\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"[@!#][\w.=-]+:[\w-]+\.[\w.-]+"  # Matrix
    r"|@[\w.-]+@[\w-]+\.\w"  # the fediverse
    r"|\b(?:signal|telegram|whatsapp|discord|skype|jabber|xmpp|matrix|instagram|insta|mastodon|bluesky|wechat|viber|snapchat|irc|fb|facebook)\b"
    r"[^:@.#]{0,25}[:@ ]\s*(?!https?:)(?:@[\w.-]{2,}|[\w-]*(?:\d|[._#](?=\w))[\w.#-]*)"
    r"|\b(?:wa\.me|t\.me|signal\.me|m\.me|matrix\.to)/\S"
    r"|\b(?:twitter|x|facebook|instagram|tiktok)\.com/(?!hashtag|search|share|events|groups)\w"
    r"|\blinkedin\.com/in/\w|\bbsky\.app/profile/\w|https?://[^\s/]+/@\w",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){3,7}(?:[ -]?[A-Z0-9]{1,3})?\b|\b(?:iban|rib|bic)\b\W*(?:[a-z]{2}\d{2}|\d{5})"
    r"|\b[a-z]{2}\d{2}(?: \d{2,11}){3,8}\b|\b(?:mdp|mot de passe|digicode|code (?:wifi|porte|d[’']entr[ée]e))\b\s*:?\s*\S*\d",
    re.IGNORECASE,
)
_STREET = (
    r"(?:(?:grande?|petite|vieille|ancienne)[ -](?:rue|route|place)|grand['’ -]?rue|rue|avenue|ave?|bd|bvd|boulevard|impasse|imp|all[ée]e|all|"
    r"place|pl|chemin|ch|route|rte|cours|quai|square|sq|passage|r[ée]sidence|lotissement|lot|venelle|cit[ée]|villa|sentier|hameau|"
    r"faubourg|fbg|ruelle|esplanade|promenade|clos|rond-point|mont[ée]e|traverse|lieu-dit|laan|straat|r\.)"
)
_ADDRESS = re.compile(
    rf"\b\d{{1,4}}\s?(?:bis|ter|quater|[a-d])?\s*,?\s*(?<=[\s,]){_STREET}(?:\.|\b|(?<=\.))\s*(?!(?:à|au|est|sont|dans|pour)\b)\w"
    rf"|\b{_STREET}\b[^,;.\d]{{3,40}}[, ]\s*\d{{1,4}}\s?[a-d]?\s*(?:bte \d+\s*)?(?:,|à|$)"
    r"|\b\d{1,4}\s?(?:bis|ter)?,?\s+grande?['’ -]?rue\b"
    r"|\b\w+(?:laan|straat)\b,?\s*\d{1,4}",
    re.IGNORECASE,
)
_TOWN = re.compile(r"\b(?:BP ?\d+\W+)?\d{5}\s+[A-ZÀ-Þ][a-zà-ÿ]")  # 26400 Crest
#: Somebody lives there.
_HOME = re.compile(
    r"\bchez\b|\bdomicil\w+|\bdemeurant\b|\bhabit(?:e|ent|ant)\b(?! (?:participatif|à))|\bné(?:e|\(e\))? le\b|\bnationalit[ée]|\bcode\b|"
    r"\bsonner\b|\b[ée]tage\b|\bappartement\b|\bappt?\b|\bb[âa]t\b|\badresse (?:personnelle|postale)|\bcl[ée]s?\b|\bcour\b",
    re.IGNORECASE,
)
#: Everybody may go there.
_VENUE = re.compile(
    r"\b(?:lieu|salle|mairie|maison|centre|caf[ée]|bar|restaurant|local|locaux|universit[ée]|[ée]cole|biblioth[èe]que|m[ée]diath[èe]que|gare|"
    r"th[ée][âa]tre|espace|h[ôo]tel|mjc|rendez-vous|rdv|atelier|tiers-lieu|fablab|gymnase|coll[èe]ge|lyc[ée]e|pr[ée]fecture|brasserie|"
    r"librairie|ferme|jardin|cin[ée]ma|si[èe]ge|magasin|halle|chapelle|[ée]glise|foyer|se tien\w+|aura lieu|accueil\w*)\b",
    re.IGNORECASE,
)
_LIVES = re.compile(r"\b(?:demeurant|domicili[ée]e?s?|nationalit[ée] \w+|née? le \d)", re.IGNORECASE)
_AT_HOME = re.compile(
    r"\b[Cc]hez\s+(?:M\.|Mr|Mme|Mlle)?\s*[A-ZÀ-Þ][^.;]{0,60}(?:\(|,)[^.;]*(?:étage|code|b[âa]t|gauche|droite|lieu-dit|porte)"
)
WINDOW, OVERLAP = 1000, 200  # characters of a line that are looked at together
ATTENDANCE = N_("who was there")


@dataclass(frozen=True)
class Held:
    """A line that is held back, and why. `waits`: nobody has decided yet."""

    line: str
    why: Message
    waits: bool = True


def private(line: str, *, venue: bool = False) -> Message | None:
    """Why a line is not to be published without being asked, or None. The address of a `venue` is public."""
    windows = (line[at : at + WINDOW] for at in range(0, max(len(line), 1), WINDOW - OVERLAP))
    return next(filter(None, (_private(one, venue=venue) for one in windows)), None)


def _private(line: str, *, venue: bool) -> Message | None:
    bare = _bare(line)
    if _MAIL.search(bare):
        return N_("an e-mail address")
    if _PHONE.search(bare):
        return N_("a telephone number")
    if _HANDLE.search(bare):
        return N_("a way to reach somebody")
    if _ACCOUNT.search(bare):
        return N_("a bank account")
    return N_("where somebody lives") if not venue and _somebodys_address(bare) else None


def _somebodys_address(line: str) -> bool:
    """Whether a line says where somebody lives: an address that is not said to be a place for everybody before it is given."""
    if _LIVES.search(line) or _AT_HOME.search(line):
        return True
    found = _ADDRESS.search(line) or _TOWN.search(line)
    if not found:
        return False
    before = line[: found.start()]
    somebody = _HOME.search(line) or re.match(r"\W*(?:[A-ZÀ-Þ][\w'’-]+ ){1,3}?[A-ZÀ-Þ][\w'’-]+\s*[,:]", before)
    return bool(somebody) or (found.re is _ADDRESS and not _VENUE.search(before))


def held_line(
    line: str,
    decisions: Mapping[str, bool],
    *,
    about_people: bool = False,
    why: Message | None = None,
    venue: bool = False,
) -> Held | None:
    """A line that stays out, by what people decided; None for one that may be published."""
    said = decisions.get(line_key(line))
    why = why or private(line, venue=venue) or (ATTENDANCE if about_people else None)
    why = why or (N_("refused by somebody") if said is False else None)
    return Held(line_key(line), why, said is None) if why and not said else None


def _bare(line: str) -> str:
    """Without signs that nobody sees; every dash a hyphen, every space one, `%40` read."""
    line = re.sub(r"(?<=[a-zéû])@(?=(?:s|e|es|x|toutes?|tous)\b(?!\.))", "·", line)  # adhérent@s, tous@toutes
    shown = "".join(c for c in unicodedata.normalize("NFKC", unquote(line)) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", re.sub(r"[\u2010-\u2015\u2212_]", "-", shown))


def line_key(line: str) -> str:
    """A line as it is compared."""
    return " ".join(line.split())


def read_decisions(text: str) -> dict[str, bool]:
    """`a-publier.txt`: `oui : LINE` and `non : LINE`; other lines are remarks."""
    found = (re.match(r"\s*(oui|non|yes|no)\s*:\s*(.+)", line, re.IGNORECASE) for line in text.splitlines())
    return {line_key(one[2]): one[1].casefold() in ("oui", "yes") for one in found if one}


def written_decision(line: str, allowed: bool) -> str:
    """A line of `a-publier.txt`."""
    return f"{'oui' if allowed else 'non'} : {line_key(line)}\n"
