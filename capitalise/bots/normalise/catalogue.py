"""Every rule by its id: its words, an example, and whether readers can see what it changes.

One table for the TOML, the terminal, the bot's help page and docs/normalisation.md. Two groups hold no rules of
their own: what only a person can mend (`LIMITS`) and what is done only where the wiki's editors ask for it (`asked`).
"""

from __future__ import annotations

from dataclasses import dataclass

from capitalise.messages import N_, Message

__all__ = ["ALL", "LIMITS", "RULES", "Rule", "rule_named"]


@dataclass(frozen=True)
class Rule:
    """`name` stands in summaries, `what` says what the rule does, `before` and `after` show it.

    `unseen`: readers of the page cannot see the change, so that it never is a reason to edit. `asked`: not even
    proposed unless the TOML names it.
    """

    id: str
    name: Message
    what: Message
    before: str = ""
    after: str = ""
    unseen: bool = False
    asked: bool = False


RULES = (
    Rule(
        "nfc",
        N_("accents"),
        N_("A letter and its accent are one character (Unicode NFC)."),
        "e + ◌́",
        "é",
        unseen=True,
    ),
    Rule(
        "invisible",
        N_("invisible characters"),
        N_("Zero-width spaces and byte order marks go; joiners inside emoji and scripts stay."),
        "Loo\u200bmio",
        "Loomio",
        unseen=True,
    ),
    Rule(
        "ends",
        N_("ends"),
        N_("No-break spaces and <br> before the first and after the last word go."),
        "&nbsp;Loomio<br>",
        "Loomio",
        unseen=True,
    ),
    Rule(
        "spaces",
        N_("spaces"),
        N_("One space between words, none at the end of a line. Calls, links, tags and comments are left alone."),
        "une␣␣idée",
        "une␣idée",
        unseen=True,
    ),
    Rule(
        "choice",
        N_("value of the form"),
        N_(
            "A value that differs from one of the form's by case, accents, spaces or plural only is written as the form has it."
        ),
        "tres facile",
        "Très facile",
    ),
    Rule(
        "typo",
        N_("typo"),
        N_(
            "A single typo is mended where exactly one value of the form is near and the field takes no others. A digit, a sign or the first letter is never a typo."
        ),
        "Tres dificile",
        "Très difficile",
    ),
    Rule(
        "list-delimiter",
        N_("list"),
        N_(
            "Values separated by other signs than the form's (; / a new line, “et”) are separated by the form's, where nobody could mean anything else."
        ),
        "bois ; métal",
        "bois, métal",
    ),
    Rule(
        "list-spacing",
        N_("list spacing"),
        N_("Values are joined as the form joins them, empty ones left out."),
        "bois,métal,",
        "bois, métal",
        unseen=True,
    ),
    Rule("list-double", N_("doubles"), N_("A value stands once in a list."), "bois, métal, bois", "bois, métal"),
    Rule(
        "list-order",
        N_("order"),
        N_("Values stand in the form's order, where all of them are the form's."),
        "métal, bois",
        "bois, métal",
    ),
    Rule(
        "date",
        N_("date"),
        N_("A date becomes AAAA-MM-JJ; a month or a year stays one. A date that could be two days is left."),
        "25 mars 2024",
        "2024-03-25",
    ),
    Rule(
        "number",
        N_("number"),
        N_("No spaces between thousands, and the decimal mark of the wiki's language."),
        "1 234.5",
        "1234,5",
    ),
    Rule("boolean", N_("yes or no"), N_("As the form's checkbox writes it."), "x", "Oui"),
    Rule(
        "email",
        N_("e-mail"),
        N_("The address alone, its domain in small letters; disguised ones stay as they are."),
        "mailto:camille@Exemple.ORG",
        "camille@exemple.org",
    ),
    Rule(
        "url-typo",
        N_("mistyped address"),
        N_("A scheme that can only be a slip is mended; one in capitals is written small."),
        "htpp://exemple.org",
        "http://exemple.org",
    ),
    Rule(
        "url",
        N_("address"),
        N_("Scheme and host in small letters."),
        "HTTPS://Exemple.ORG/Page",
        "https://exemple.org/Page",
        unseen=True,
    ),
    Rule(
        "url-tracking",
        N_("tracking"),
        N_("Parameters that only follow people (utm_…, fbclid, gclid, …) go, every other one stays."),
        "https://exemple.org/?p=1&utm_source=x",
        "https://exemple.org/?p=1",
    ),
    Rule(
        "url-page",
        N_("page name"),
        N_(
            "In a field that names a page, the address of a page of this wiki, or of one it has a prefix for, becomes its name."
        ),
        "https://wiki.exemple.org/wiki/Communs",
        "Communs",
    ),
    Rule(
        "page-name",
        N_("page name"),
        N_("A capital first letter and spaces, as the wiki writes its titles."),
        "gouvernance_partagée",
        "Gouvernance partagée",
    ),
    Rule(
        "redirect",
        N_("redirect"),
        N_("A page that only leads to another one is replaced by that one."),
        "Ancien titre",
        "Nouveau titre",
    ),
    Rule(
        "tool-line",
        N_("tool"),
        N_(
            "A line of free text becomes name, link and sentence where the three parts are certain and the form has fields for them."
        ),
        "Loomio https://exemple.org : décider à plusieurs",
        "{{Outil|nom=Loomio|lien=https://exemple.org|phrase=décider à plusieurs}}",
    ),
    Rule(
        "parameter-name",
        N_("parameter"),
        N_("A parameter that the form does not know gets the one near name that it has; its value is kept."),
        "|descripton=…",
        "|description=…",
    ),
    Rule(
        "parameter-double",
        N_("double parameter"),
        N_("Of two parameters with one name and one value, one goes; with two values, a person decides."),
        "|étape=1|étape=1",
        "|étape=1",
        unseen=True,
    ),
    Rule(
        "parameter-empty",
        N_("empty parameter"),
        N_("An empty parameter goes, as the form leaves it out."),
        "|exemple=",
        "",
        unseen=True,
        asked=True,
    ),
    Rule(
        "pipe",
        N_("bare “|”"),
        N_(
            "A “|” inside a value cuts it: it becomes {{!}}. Not in a field that the template stores as a property: no spelling is right there."
        ),
        "|description=a | b",
        "|description=a {{!}} b",
    ),
    Rule(
        "layout",
        N_("layout"),
        N_("One parameter a line in the form's order, as the form writes them."),
        "{{Outil|nom=Loomio}}",
        "{{Outil⏎|nom=Loomio⏎}}",
        unseen=True,
        asked=True,
    ),
)

#: Found, never changed.
LIMITS = (
    Rule(
        "unknown-value",
        N_("unknown value"),
        N_("A value that the form does not have, where it takes no others."),
    ),
    Rule(
        "reverted",
        N_("taken back"),
        N_("A field that somebody changed after the bot did: it is left alone from now on."),
    ),
    Rule(
        "unreadable-page",
        N_("unreadable page"),
        N_("A page whose call is not closed, or that cannot be written safely: it is left alone."),
    ),
    Rule("variants", N_("several spellings"), N_("One thing under several spellings, over many pages: one question.")),
    Rule("mandatory", N_("mandatory field"), N_("A field that the form wants filled is empty.")),
    Rule("lines", N_("length"), N_("A text is much longer or shorter than the lines asked for.")),
    Rule("limit", N_("limit"), N_("More characters or values than the form allows.")),
    Rule(
        "unknown-parameter",
        N_("unknown parameter"),
        N_("Neither form nor template knows the parameter: readers do not see its value."),
    ),
)

ALL = frozenset(rule.id for rule in RULES)
_BY_ID = {rule.id: rule for rule in (*RULES, *LIMITS)}


def rule_named(name: str) -> Rule:
    """The rule of that id. Raises KeyError."""
    return _BY_ID[name]
