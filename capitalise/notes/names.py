"""People's names, and labels of who was there, in one line of notes as people write it in French. Pure."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterator

__all__ = [
    "CAPITAL",
    "COUNTED",
    "GROUP",
    "INTRODUCTIONS",
    "ITEM",
    "MOST_AT_ONCE",
    "QUESTION",
    "SECTIONS",
    "STATUS",
    "VERBS",
    "WHOLE",
    "announces_names",
    "broken",
    "cuts",
    "is_group",
    "is_label",
    "letters",
    "names_people",
    "only",
    "opens",
    "plain_words",
    "reads_as_names",
    "several_names",
    "short_names",
    "somebody",
    "starts_with_name",
    "sure_names",
    "titled",
    "whole_name",
]

MOST_AT_ONCE = 600  # characters of a line that are looked at together
#: What says who was there, without accents, and without the endings of inclusive spelling.
_WORD = (
    r"presente?s?|presences?|participante?s?|participations?|participent|assistent|assistaient|assistante?s?|absente?s?|absences?"
    r"|excusee?s?|emargement|inscrite?s?|convoquee?s?|representee?s?|procurations?|pouvoirs?|pocurations?|mandats?|invitee?s?"
    r"|votante?s?|signatures?|signataires?|connectee?s?|attendees|present|absent|regrets|soussignee?s?"
)
_BEFORE = (
    r"(?:(?:o|tableau|l[ea]s?|nos|tous|toutes|autres?|personnes?|membres?|nombre|etaient|etait|sont|ont|ete|liste|feuille|des?|d|du|nom|noms|non"
    r"|aussi|egalement|et|en|a|au|aux|par|qui|donnee?s?|votants?|elue?s?|adherente?s?|habitante?s?|conseill\w+|administrat\w+|salariee?s?"
    r"|benevoles?|fourmis|ca|cap|conseil|administration|bureau|collegiale?|equipe|comptage|representants?|direction|comite|directeur) ){0,8}"
)
_LABEL = re.compile(rf"{_BEFORE}(?:{_WORD})\b")
_OTHER_LABELS = re.compile(
    r"(?:(?:[\w ]+ )?(?:ont participe|(?:venai\w+|vien\w+|venue?s?) pour la premiere fois)|avec$|(?:on etait|nous etions|on est|nous sommes|venue?s|il y avait|y etaient|qui est la|qui etait la|qui(?= (?:est|sont|etai\w+|vien\w+|venai\w+|particip\w+|a|ont|la)\b|$))(?: [\w ]{1,16})?$|les gens$|personnes$|tour des prenoms$|(?:en )?presentiel$|sur place$|(?:pres|p|exc|abs|retards?|retardataires|benevoles du jour)$|ont assiste|etaient autour|\d+ personnes$|autour de la table|on fait l appel|on procede a l appel|appel des (?:membres|presents?)|pas la\b|la$"
    r"|a distance\b|en (?:ligne|visio\w*)\b|(?:sont|etaient) (?:aussi |egalement )?la\b|etaient reunis|\d+ participants? dont"
    r"|comptage du quorum|quorum)"
)
#: Said of one person each, with the name behind it.
_ROLE = re.compile(
    r"(?:la |le |l )?(?:president\w* de|secretai\w* (?:de|adjoint)|secretariat|presidence de|animat\w*|facilitat\w*|moderat\w*|scribes?|rapporteu\w*|gardien\w*|maitre\w*|"
    r"observa\w*|chair|prise de notes?|notes? prises? par|notes|preneu\w* de notes?|redact\w*|relecture|pousse decision|hote\w*)"
    r"(?: (?:de|du|des|la|le|l|seance|reunion|temps|adjointe?s?|jour|general\w*|ca|assemblee|parole|mots?|e))*"
)
INTRODUCTIONS = re.compile(r"\W*(?:tours? de tables?|presentations?|tours? de presentations?)\W*")
#: Of what follows the label, what names nobody.
_NOBODY = re.compile(
    r"(?:\W+|\d+|na|neant|aucune?|personne|rien|sans objet|voir|liste|sur|dont|env(?:iron)?|et|de|du|des|d|l|la|le|les|en|a|au|un|une|"
    r"personnes?|membres?|elus?|adherents?|participants?|presents?|absents?|excuses?|representes?|procurations?|pouvoirs?|votants?|"
    r"agents?|habitants?|foyers?|voix|quorum|atteint|inscrits?|hommes?|femmes?|enfants?|invites?|auditeurs?|heures?|h|min|titulaires?|"
    r"suppleants?|salaries?|benevoles?|structures?|associations?|nombre|reunion|seance|assemblee|jour|cette|ce|lors|suivante?s?|suivent|annexe|ci|joint\w*|jointe|feuille|emargement|dizaine|vingtaine|"
    r"trentaine|pour|contre|abstentions?|mesdames|messieurs|mmes?|mm|mr|m|trentaine|total|ligne|visio\w*|salle|presentiel|distance|connectes?|tous|toutes|tout|monde)"
)
#: What a group of people is called inside such a list: it names nobody, and the list goes on below it.
GROUP = re.compile(
    r"(?:\W+|\d+|membres?|direction|administrateurs?|administratrices?|bureau|enseignante?s?|parents?|delegue\w*|eleves?|jeunes|elue?s?|"
    r"habitante?s?|college|colleges|associations?|equipe|salariee?s?|benevoles|invitee?s?|representant\w*|titulaires?|suppleant\w*|"
    r"personnels?|collectivites?|partenaires?|professionnel\w*|services?|mairie|ville|commune|communes|region|departement|etat|"
    r"citoyen\w*|autres?|institution\w*|usagers?|societaires?|fondat\w*|actifs?|actives?|experts?|syndic\w*|organisations?|"
    r"de|du|des|d|l|la|le|les|et|a|au|aux|en|pour|ca|conseil|administration|comite|qualifiees?|personnalites?|personnes?|voix|avec|sans|"
    r"deliberative|consultative|nom|noms|prenom|prenoms|fonction|fonctions|organisme|structure|qualite|presence|signature|mail|"
    r"courriel|telephone|voix|statut|present\w*|absent\w*|excuse\w*|animat\w*|seance|secretaire|president|[a-z])"
)
SECTIONS = re.compile(
    r"\W*(?:\d+\W+)?(?:ordre du jour|odj|lieu|date|heure|horaire|duree|debut|fin|objet|sujets?|points?|decisions?|a faire|actions?|"
    r"compte rendu|relev\w+|introduction|bilan|divers|questions?|prochaine?s?|contenu|annexes?|documents?|liens?|pour memoire|contexte|"
    r"rappel de l ordre du jour|objectifs?|programme|deroul\w+|cr\b|resume|seance ouverte|ouverture)\b"
)
_PARTICLE = r"(?:(?:de|du|des|la|le|les|van|von|der|den|dit|dite|el|al|ben|bin|y|e|da|dos|di)\s+|[dl]['’]\s?)"
_TITLE = r"(?:M\.|MM\.|M(?:me|lle|r|rs|s)?s?\.?|Mmes|Messieurs|Mesdames|Madame|Monsieur|Dr|Pr|Me|Maître|Maman|Papi|Papa|Mamie)"
CAPITAL = r"[A-ZÀ-ÖØ-Þ](?:[\w'’.]|-(?=\w))*"
_NAME = rf"(?<!\w)(?:{_TITLE}\s+)?{CAPITAL}(?:\s+(?:{_PARTICLE}){{0,2}}(?=[A-ZÀ-ÖØ-Þ]){CAPITAL}){{0,4}}"
_STARTS_WITH_NAME = re.compile(
    rf"(?:\W|\d|\[[ xX]?\])*(?P<name>{_NAME})(?P<behind>\s*(?:$|[,;:(/|=&+!•·→]|\[|->|=>|\s[-–—]|\s{{2,}}|\t|\d|et\s|ou\s|à\s|and\s|{_PARTICLE}[A-ZÀ-Þ]))"
)
_STOP = re.compile(
    r"(?:les?|la|l|un|une|des|du|il|elle|ils|elles|on|nous|vous|je|tu|ce|cette|ces|cela|c|pour|dans|sur|avec|par|en|a|au|aux|et|ou|mais|"
    r"donc|si|quand|comme|apres|avant|depuis|pas|plus|voir|note|nb|attention|merci|bonjour|oui|non|total|nombre|point|points|suite|ordre|"
    r"lieu|date|heure|debut|fin|objet|sujet|decision|decisions|reunion|assemblee|compte|rendu|prochaine?|budget|divers|vote|seance|"
    r"question|questions|bilan|projet|duree|odj|resume|horaire|action|actions|tache|taches|lundi|mardi|mercredi|jeudi|vendredi|samedi|"
    r"dimanche|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|http|https|www|programme|contexte)\b"
)
#: A person and whether they came, in one line, wherever it stands.
STATUS = (
    re.compile(
        rf"^(?:\W|\d)*{_NAME}(?:\s*\([^()]*\))?[\s,:–—-]*(?:en visio\w*[^,]*,\s*|[=>]+\s*)?(?:[Pp]r[ée]sente?|[Aa]bsente?|[Ee]xcusée?|[Rr]eprésentée?|PROCURATION)\b[\s!?.]*(?:\(|$|[,;]|par\b|avec\b|\.)"
    ),
    re.compile(
        rf"\b(?:[Pp]rocuration|[Pp]ouvoirs?|[Mm]andat|voix)\s+(?:est\s+)?(?:donnée?s?\s+)?(?:(?:de|par)\s+{_NAME}\s+)?(?:à|a|pour|au)\s+{_NAME}"
        rf"|\(\s*(?:procurations?|pouvoirs?|voix|mandats?)\s+(?:de|d['’])\s*{_NAME}"
    ),
    re.compile(rf"^\W*{_NAME}\s*\((?:excus|absent|présent|arrivé|parti|en retard|en visio)\w*"),
    re.compile(
        rf"^\W*(?:CR|[Cc]ompte[- ]rendu|[Rr]éunion|CA|AG|[Aa]telier|[Rr]encontre|[Aa]ssemblée|[Cc]onseil)\b.{{0,60}}?(?:\(|\bavec |[-–:] )"
        rf"{_NAME}(?:, {_NAME})*(?:,| et| &) {_NAME}\W*$"
    ),
    re.compile(rf"{_NAME}\s+(?:a\s+)?(?:donn(?:e|é|ant)|ayant donné)\s+(?:sa\s+)?(?:procuration|pouvoir|mandat)"),
    re.compile(rf"\b(?:[Aa]rrivées?|[Dd]éparts?)\s+(?:de|d['’])\s*{_NAME}"),
    re.compile(
        rf"^(?:\W|\d)*{_NAME}\s+(?:nous\s+|a\s+)?(?:arriv|rejoin|quitt)\w+\s+(?:(?:la |l['’])?(?:réunion|séance|assemblée|salle)\b|à\s+\d)"
    ),
    re.compile(
        rf"\b(?:excuse[nr]?t?|excusant|en|regrett\w+)\s+l['’]absence\s+(?:de|d['’])\s*{_NAME}|\b[Bb]ienvenue\s+à\s+{_NAME}"
    ),
    re.compile(
        rf"\b(?:désign|nomm|élu|install|assur)\w*\b[^.]*{_NAME}[^.]*\b(?:séance|scrutat\w+)\b|{_NAME}[^.:]*\b(?:est|sont|comme|qualité de)\b[^.:]*\b(?:secrétaires?|présidente?s?|scrutat\w+)\s+de\s+séance"
    ),
    re.compile(
        rf"\bsous la présidence de\s+{_NAME}|^\W*{_NAME}(?:\s*(?:,|et|&)\s*{_NAME})+\s+(?:y )?(?:étaient|sont|seront)\s+(?:aussi\s+)?(?:présente?s?|là|absente?s?|excusée?s?|venue?s?|passée?s?)\b"
    ),
    re.compile(
        rf"\b(?:étaient|sont|seront|était)\s+(?:aussi\s+|également\s+)?(?:présente?s?|là|réunis?|absente?s?|excusée?s?)\b[^.:]{{0,60}}[:,]?\s+{_NAME}\s*(?:,|et\b|\(|$|&)"
    ),
    re.compile(rf"^\W*{_NAME}\s+s['’]excuse\b"),
    re.compile(
        r"^(?:\W|\d)*(?:[\w ]+: ?\d+ )?[A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,}\s+[A-ZÀ-Þ][\w'’-]+\s.*\s(?:P|A|E|X|PROCURATION\b.*|POCURATION\b.*|REPRÉSENTÉE? PAR\b.*|REPRESENTEE? PAR\b.*)$"
    ),
    re.compile(
        rf"\b(?:[Mm]erci|remerci\w+)\s[^.]*{_NAME}[^.]*\b(?:présence|venue?s?|invitation|participation|déplacée?s?)\b"
    ),
    re.compile(rf"{_NAME}\s+n['’]a(?:vait)? (?:pas )?pu (?:se libérer|être|venir|se joindre)"),
    re.compile(rf"\b(?:les )?(?:fondateurs|soussignés)\b[^.]*{_NAME}\W*(?:et|,)\W*{_NAME}[^.]*\bréunis\b"),
    re.compile(rf"{_NAME}\s+(?:sera|est|a été)\s+(?:nommée?\s+|désignée?\s+)?[Ss]ecrétaire\s+de\s+séance"),
    re.compile(rf"\b[Pp]résentes?\s*:\s*{_NAME}\s*,"),
    re.compile(rf"\bprésidée?\s+par\s+{_NAME}"),
    re.compile(rf"{_NAME}\s+présente?\s+(?:jusqu|à partir|de \d)"),
    re.compile(
        rf"^\W*(?:[Ll]es?\s+|[Ll]a\s+|[Ll]['’])?(?:[Pp]résidente?|[Ss]ecrétaire|[Tt]résori[eè]re?)[^,:.]{{0,30}},\s*{_NAME}\W*$"
    ),
    re.compile(
        rf"^\W*(?:L[ea]|L['’])\s*(?:[Pp]résidente?|[Ss]ecrétaire|[Dd]irect\w+|[Mm]aire|[Tt]résori\w+)[^.:,]{{0,30}}[,:]\s*{_NAME}(?:\s*$|\s+L[ea]\s)"
    ),
    re.compile(rf"^\W*[Ss]ign(?:é|atures?)\W+(?:\w+\W+)?{_NAME}"),
)
_INITIALS = re.compile(r"\b[A-ZÀ-Þ][A-ZÀ-Þ-]{2,} [A-Z][a-z]?\.")  # `EXEMPLE Z.`
COUNTED = re.compile(r"^\d* ?(?:\w+ ){0,4}(?:ont emarge|ont signe|sont presents|etaient presents|soit \d+)\b")
_OF_A_GROUP = re.compile(
    r"(?:membres?|representante?s?|elue?s?|collectivites|associations?|personnalites|enseignante?s|parents|producteurs|productrices|agents|"
    r"personnes ressources|services|partenaires|conseillers|delegues|invites|commission) "
)
WHOLE = re.compile(rf"{CAPITAL}[ -](?:(?:de|du|des|le|la|van|von|d['’]) ?)?{CAPITAL}")
_SHEET = re.compile(r"(?:feuille|liste) (?:de |d )(?:presence|emargement|presents)\s*:?$")
#: Words of a sentence, and of no list of people.
VERBS = re.compile(
    r"\b(?:est|sont|etait|etaient|avait|avaient|sera|seront|serait|va|vont|peut|peuvent|doit|doivent|faut|propose\w*|rappel\w+|ouvre|debute|"
    r"commence|remerci\w+|expliqu\w+|indiqu\w+|demand\w+|souhait\w+|informe|precise|annonce|il|elle|on|nous|ils|elles|que|ne|se|"
    r"avons|ont ete|a ete|[ncs] (?:est|a|ont|y|en|etait)|cela|voir|veut|veulent|fait|font|pense)\b"
)
_SENTENCE = re.compile(r"(?:il|elle|on|nous|ils|elles|c['’]est|la réunion|la séance|le quorum)\s", re.IGNORECASE)
QUESTION = re.compile(r"\?\s*$")
_ABSTRACT = re.compile(r"(?:tions?|ites?|ments?|logies?|ismes?|iques?)$")
ITEM = re.compile(r"\s*(?:[-•*–—·>]|\d+[.)]|o\s)\s*")
_VERB = re.compile(r"\b(?:presente|mandat|pouvoir|pouvoirs|participation|presence|invite|represente)\b")
_ENDING = r"(?:e|es|s|te|tes|ve|ves|rice|rices|euse|euses|ne|nes|le|les)"


_OFFICE = re.compile(r"(?:vice )?(?:presid|secret|tresor|coprés|copres)\w*")


def somebody(text: str) -> bool:
    """Whether a line is a person and what they are, or where they come from: `Zoé Exemple, adjointe`, `ASSO : Zoé Exemple`."""
    head = re.match(rf"(?:\W|\d)*({_NAME})\s*[,(]", text)
    tail = None if _OFFICE.match(plain_words(text)) else re.fullmatch(r"\W*[\w'’ /-]{2,40} ?: *(.+)", text)
    named = (head and whole_name(head[1])) or (tail and whole_name(tail[1]))
    return bool(named) and not VERBS.search(plain_words(text))


def whole_name(text: str) -> bool:
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text).strip(" \t-–—•*·.,;!")
    found = re.fullmatch(rf"{_NAME}", bare)
    return bool(found) and len(bare.split()) >= 2 and not only(GROUP, bare) and not _STOP.match(plain_words(bare))


def several_names(text: str) -> bool:
    """Whether a line is nothing but names, several of them whole."""
    pieces = [piece for piece in re.split(r"[,;/]|\bet\b|\s[-–—]\s", re.sub(r"\([^()]*\)", "", text)) if piece.strip()]
    whole = sum(whole_name(piece) for piece in pieces)
    short = all(len(piece.split()) <= 4 and piece.strip()[:1].isupper() for piece in pieces)
    titled = len(re.findall(rf"\b{_TITLE}\s+{_PARTICLE}?[A-ZÀ-Þ]", text)) + len(_INITIALS.findall(text))
    signed = (
        re.fullmatch(rf"\W*(?:{_NAME}\W*){{1,4}}", text) and len(re.findall(r"\b[A-ZÀ-Þ][A-ZÀ-Þ'’-]{2,}\b", text)) >= 2
    )
    if signed and any(c.islower() for c in text):
        return True
    if re.fullmatch(rf"\W*{_TITLE}\s+{_PARTICLE}?{CAPITAL}(?:\s+{CAPITAL}){{0,2}}\W*", text):
        return True  # Mme Exemple
    return (len(pieces) >= 3 and whole >= 2 and short) or (titled >= 3 and not VERBS.search(plain_words(text)))


def short_names(text: str) -> bool:
    """Whether a line is three names or more of a word or two: what stands right below a meeting's date."""
    pieces = [piece.strip() for piece in re.sub(r"\([^()]*\)", "", text).split(",")]
    return len(pieces) >= 3 and all(len(piece.split()) <= 2 and piece[:1].isupper() for piece in pieces)


def is_group(text: str) -> bool:
    """Whether a line is what some of the people below it are called."""
    if only(GROUP, text) or (text.endswith(":") and len(text.split()) <= 6 and not sure_names(text)):
        return True
    return (
        bool(_OF_A_GROUP.match(plain_words(text))) and not WHOLE.search(text) and not titled(text) and ":" not in text
    )


def titled(text: str) -> bool:
    """Whether somebody is named with a title, or family names stand there in capitals, which no heading's are."""
    titled = re.search(rf"\b{_TITLE}\s+{_PARTICLE}?[A-ZÀ-Þ]", text)
    capitals = len(re.findall(r"\b[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’-]{2,}\b", text)) >= 2
    return bool(titled) or (capitals and any(c.islower() for c in text))


def announces_names(text: str, *, heading: bool = False, listed: bool = False) -> bool:
    """Whether a line speaks of who was there, and the names stand below it: `Présents :`, `Adhérents présents (CA)`."""
    if INTRODUCTIONS.fullmatch(plain_words(text)):
        return True
    for label, sign, rest in cuts(text):
        if sign and _is_label(label, sure=True) and only(_NOBODY, rest):
            return True
    text = re.sub(r"\([^()]*\)", "", text).strip()
    if _SHEET.search(plain_words(text)):
        return True
    plain = plain_words(text)
    rest = plain[found.end() :] if (found := _LABEL.match(plain)) else plain
    known = all(GROUP.fullmatch(word) or _NOBODY.fullmatch(word) or _LABEL.fullmatch(word) for word in rest.split())
    known = (known or (heading and len(text.split()) <= 6)) and not plain.startswith("participation")
    return _is_label(text, sure=heading or listed) and known and (heading or not _names_behind(text))


def names_people(text: str) -> bool:
    """Whether a line says who was there: `Présents : Zoé, Ali`, `Étaient présents Zoé et Ali`; a mere number does not."""
    return any(
        map(
            _says_who, textwrap.wrap(text, MOST_AT_ONCE, break_on_hyphens=False) if len(text) > MOST_AT_ONCE else [text]
        )
    )


def _says_who(text: str) -> bool:
    for label, sign, rest in cuts(text):
        if not sign:
            continue
        if INTRODUCTIONS.fullmatch(plain_words(label)) and starts_with_name(rest):
            return True
        if _is_label(label, sure=True):
            if _ABSTRACT_LABEL.match(plain_words(label)) and not _begins_with_names(rest):
                continue
            return not only(_NOBODY, rest) and not _SENTENCE.match(rest.strip())
        if _ROLE.fullmatch(plain_words(label).strip()) and starts_with_name(rest):
            return True
    if _names_behind(text):
        return True
    return any(_not_a_label(found) for pattern in STATUS if (found := pattern.search(text))) and not QUESTION.search(
        text
    )


#: What may also be a subject: it is a label where names follow.
_ABSTRACT_LABEL = re.compile(
    rf"{_BEFORE}(?:participations?|pouvoirs?|presences?|quorum|signatures?|inscrite?s?|inscriptions?|mandats?)\b"
    r"|(?:qui|p|avec|personnes|sur place|(?:en )?presentiel|en ligne|a distance|venue?s?|il y avait|\d+ personnes)\b"
)


def _begins_with_names(text: str) -> bool:
    """Whether a text is names to begin with, in capitals or not."""
    pieces = [piece.split() for piece in re.split(r"[,;]|\bet\b", re.sub(r"\([^()]*\)", "", text)) if piece.strip()]
    several = len(pieces) >= 2 and all(len(piece) <= 3 for piece in pieces)
    return starts_with_name(text) or (several and not VERBS.search(plain_words(text)))


def _not_a_label(found: re.Match[str]) -> bool:
    """Whether the name in a match is one: `Absents représentés` begins with a capital, too."""
    return found.re is not STATUS[0] or not _LABEL.match(plain_words(found[0]))


def cuts(text: str) -> Iterator[tuple[str, str, str]]:
    """A line cut at each sign that may separate a label from names: what stands before it (since the last one), and behind."""
    start = 0
    for found in re.finditer(r"\s?(?::|=>|→|\|)|\s=\s|,(?=\s+[A-ZÀ-Þ])|\s[-–—/]\s", text):
        yield text[start : found.start()], found[0], text[found.end() :]
        start = found.end()
        if start > 160:
            return


def _names_behind(text: str) -> bool:
    """Whether names follow a label without a sign: `Présents Augier Élodie, …`."""
    words = text.split()
    for number in range(min(9, len(words) - 1), 0, -1):
        label = " ".join(words[:number])
        if re.search(rf"\b(?:{_WORD})$", plain_words(label)):
            rest = " ".join(words[number:])
            if _is_label(label, sure=True) and starts_with_name(rest) and not VERBS.search(plain_words(rest[:60])):
                return True
    return False


def reads_as_names(text: str) -> bool:
    """Whether a line where names are expected may be some: it begins with one, or is a word or two."""
    bare = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", text).strip(" \t-–—•*·.,;!")
    if not letters(bare):
        return bool(letters(text))
    words = bare.split()
    if len(words) <= 2 and len(bare) <= 30:
        capital, *more = (word[:1].isupper() for word in words)
        return (
            not _STOP.match(plain_words(bare))
            and not _ABSTRACT.search(plain_words(bare))
            and (not more or more[0] or not capital)
        )
    if starts_with_name(text):
        return True
    if len(bare.split()) <= 4 and re.match(r"[\w'’.-]+\s*(?::|->|→|=>)\s*\w", bare):
        return not _STOP.match(plain_words(bare))
    pieces = [piece.split() for piece in re.split(r"[,;/&|]|\bet\b|\s[-–—]\s|\s{2,}|\t", bare) if piece.strip()]
    return len(pieces) > 2 and all(len(words) <= 4 for words in pieces)


def sure_names(text: str) -> bool:
    """Whether a line begins with the whole name of a person, and not only with a capital."""
    found = _STARTS_WITH_NAME.match(text.strip())
    name = found["name"] if found else ""
    return starts_with_name(text) and len(re.findall(r"[A-ZÀ-ÖØ-Þ][\w'’.-]*", name)) >= 2 and not only(GROUP, name)


def starts_with_name(text: str) -> bool:
    found = _STARTS_WITH_NAME.match(text.strip())
    return found is not None and not _STOP.match(plain_words(found["name"])) and not _SENTENCE.match(text.strip())


def is_label(cell: str) -> bool:
    """Whether a column is called who was there: `Présents`, `Signature`."""
    return bool(_LABEL.fullmatch(plain_words(cell)))


def _is_label(text: str, *, sure: bool) -> bool:
    """Whether these words are a label of attendance; `sure`: what follows them says so too."""
    plain = plain_words(text).strip()
    if len(plain.split()) > (12 if sure else 7):
        return False
    if _OTHER_LABELS.match(plain):
        return True
    if found := _LABEL.match(plain):
        rest = plain[found.end() :].split()
        return sure or all(GROUP.fullmatch(word) or _NOBODY.fullmatch(word) for word in rest)
    inside = re.search(rf"\b(?:{_WORD})\b", plain)
    return bool(inside) and sure and len(plain.split()) <= 6 and not _VERB.search(plain)


def opens(text: str) -> bool:
    """Whether more names may follow below a line that has some."""
    return text.rstrip().endswith((":", ","))


def broken(text: str) -> bool:
    """Whether a line ends in the middle of names."""
    return bool(re.search(r"(?:[,;&–-]|\b(?:et|de|du|la|M|Mr|Mme|MM|Mmes)\.?|\bde [A-ZÀ-Þ]\w+)\s*$", text))


def only(words: re.Pattern[str], text: str) -> bool:
    """Whether a text holds no other words than these."""
    return all(words.fullmatch(word) for word in plain_words(text).replace(":", " ").split())


def letters(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", text)) or bool(re.search(r"\b[^\W\d_]\b", text) and len(text) < 12)


def plain_words(text: str) -> str:
    """Small letters without accents; the endings of inclusive spelling gone, every other sign but `:` a space."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    bare = re.sub(rf"(?<=[a-z])[·⋅•.\-–()/]+{_ENDING}(?:[·⋅•.\-–()/]+{_ENDING})*(?:[·⋅•.\-–()/]|\b)", " ", bare)
    return re.sub(r"^[\s\d_]+", "", re.sub(r"[^\w:]+|_+", " ", bare)).strip()
