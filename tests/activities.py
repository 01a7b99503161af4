"""Eleven activities in the shape of a printed activity booklet: five sections each, a question, a game. The texts are invented here."""

from __future__ import annotations

from pathlib import Path

FORM = """<includeonly>{{{for template|Activité}}}
{| class="formtable"
! Chapitre :
| {{{field|chapitre|input type=dropdown|values=1 - Se rencontrer,2 - Regarder le lieu,3 - Décider ensemble,4 - Tenir dans le temps}}}
|-
! Question :
| {{{field|question}}}
|-
! Contexte :
| {{{field|contexte|input type=textarea}}}
|-
! Consigne :
| {{{field|consigne|input type=textarea}}}
|-
! Animation :
| {{{field|animation|input type=textarea}}}
|-
! Épilogue :
| {{{field|épilogue|input type=textarea}}}
|-
! Aller plus loin :
| {{{field|plus|input type=textarea}}}
|-
! Outils :
| {{{field|outils|holds template}}}
|-
! Jeu :
| {{{field|jeu}}}
|-
! Thèmes :
| {{{field|thèmes|input type=tokens|list|delimiter=,}}}
|}
{{{end template}}}
{{{for template|Outil|multiple|embed in field=Activité[outils]}}}
{{{field|nom}}} {{{field|lien}}} {{{field|phrase}}}
{{{end template}}}
</includeonly>"""

_PAGES = [
    ("Qui est venu, et pourquoi ?", "1 - Se rencontrer", "bulles", "rencontre,accueil", "Qu'est-ce qui vous a fait passer la porte ?"),
    ("La carte des envies", "1 - Se rencontrer", "axes", "rencontre,projet", "Ce que vous voulez faire, seul ou à plusieurs, tout de suite ou plus tard ?"),
    ("Le portrait d'une place", "2 - Regarder le lieu", "grille", "lieu,observation", "Que voit-on d'ici à huit heures du matin ?"),
    ("Les clés du four", "2 - Regarder le lieu", "cases", "lieu,accès", "Qui peut ouvrir, et qui range ?"),
    ("Trois voisins imaginaires", "2 - Regarder le lieu", "bulles", "lieu,habitants", "Que dirait de nous quelqu'un qui n'est jamais venu ?"),
    ("La règle que personne n'a écrite", "3 - Décider ensemble", "bulles", "gouvernance", "Quelle règle suivons-nous sans l'avoir dite ?"),
    ("Le curseur des décisions", "3 - Décider ensemble", "curseurs", "gouvernance,décision", "Qui décide de quoi : une personne, quelques-unes, tout le monde ?"),
    ("Le désaccord utile", "3 - Décider ensemble", "axes", "gouvernance,conflit", "De quoi faut-il débattre, et de quoi peut-on se passer ?"),
    ("Le temps donné", "4 - Tenir dans le temps", "grille", "contribution,temps", "Combien d'heures, et qui les voit ?"),
    ("La caisse transparente", "4 - Tenir dans le temps", "curseurs", "contribution,argent", "À quoi sert le prochain billet de vingt euros ?"),
    ("Ce que nous laissons derrière nous", "4 - Tenir dans le temps", "cases", "transmission", "Si nous partions demain, que resterait-il d'utile ?"),
]  # fmt: skip

BOT = """kind = "fiches"
form = "Activité"
sheet = "activites.ods"

[export]
chapter = "chapitre"
question = "question"
body = ["contexte"]
list = "outils"
themes = "thèmes"
shape = "jeu"
"""
EDITION = """bot = "activites"
title = "Cahier d'activités"
version = "2026, deuxième tirage"
audience = "Pour les groupes qui ouvrent un lieu"
publisher = "Le collectif imaginaire"
licence = "CC BY-SA 4.0"
foreword = "Onze activités, essayées dans des lieux que personne n'a visités. ''Servez-vous, corrigez, rendez.''"
formats = ["booklet", "easel", "cards"]
"""


def write_activities(folder: Path) -> Path:
    """A workspace with the activities on a wiki in a folder."""
    wiki = folder / "wiki"
    (folder / "bots").mkdir(parents=True)
    (folder / "exports").mkdir()
    wiki.mkdir()
    (folder / "capitalise.toml").write_text(
        '[wikis.communs]\nfolder = "wiki"\naddress = "https://wiki.exemple.org/wiki/$1"\n', "utf-8"
    )
    (folder / "bots" / "activites.toml").write_text(BOT, "utf-8")
    (folder / "exports" / "cahier.toml").write_text(EDITION, "utf-8")
    (wiki / "Formulaire%3AActivité.wiki").write_text(FORM + "\n", "utf-8")
    for n, page in enumerate(_PAGES):
        title = page[0].replace("?", "%3F").replace(":", "%3A")
        (wiki / f"{title}.wiki").write_text(_text(n, *page) + "\n", "utf-8")
    (wiki / "3 - Décider ensemble.wiki").write_text(
        "Décider n'est pas voter. C'est se donner le droit de '''revenir''' sur ce qu'on a décidé.\n\n"
        "* qui peut proposer ?\n* qui peut dire non ?\n* qui s'en souvient ?\n",
        "utf-8",
    )
    return folder


def _text(n: int, title: str, chapter: str, game: str, themes: str, question: str) -> str:
    more = "" if n % 4 == 2 else "Reprenez la feuille six mois plus tard et regardez ce qui a bougé."
    tools = "\n".join(
        f"{{{{Outil|nom={name}|lien=https://exemple.org/outils/{name.replace(' ', '-').lower()}-{n}|phrase={words}}}}}"
        for name, words in [("Grande feuille", "deux mètres de papier, au mur"), ("Feutres", "quatre couleurs, pas plus"), ("Sablier", "trois minutes par personne")][: 1 + n % 3]
    )  # fmt: skip
    return (
        f"{{{{Activité\n|chapitre={chapter}\n|question={question}\n"
        f"|contexte=On croit souvent savoir. « {title} » part de ce que chacune et chacun a vu, et non de ce que le groupe "
        "voudrait avoir vu. Comptez une heure, autour d'une table où l'on peut écrire.\n"
        "|consigne=Chaque personne écrit trois mots. Puis, à tour de rôle :\n* lire ses mots ;\n* les placer sur la feuille ;\n* dire "
        "ce qui manque.\n"
        "|animation=Laissez '''deux minutes de silence''' avant le premier tour. Si une personne parle pour les autres, demandez-lui de "
        "n'écrire que ce qu'elle a vu elle-même.\n"
        "|épilogue=Gardez la feuille. Prenez-la en photo, et notez en une ligne ce que le groupe en a fait.\n"
        f"|plus={more}\n|jeu={game}\n|thèmes={themes}\n|outils={tools}\n}}}}"
    )
