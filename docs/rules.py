"""Write docs/normalisation.md from the table of rules: `python -m docs.rules`. A test fails when it is stale."""

from __future__ import annotations

from pathlib import Path

from capitalise.bots.normalise.catalogue import LIMITS, RULES, Rule
from capitalise.messages import render
from tests.catalogues import spaced_page

PAGE = Path(__file__).parent / "normalisation.md"

HEAD = """# La mise au propre des formulaires

Le robot `normalise` écrit ce que les contributeurs ont saisi comme le formulaire l'aurait écrit, sans changer ce qu'ils ont
voulu dire. Ce que chaque champ attend vient du wiki : la page `Formulaire:`, ses modèles, ses pages `Attribut:`. Qui modifie
le formulaire change ce que fait le robot.

    capitalise forms show Ingrédient        # ce que le formulaire attend dans chaque champ
    capitalise forms check                  # ce qui ne va pas dans les définitions elles-mêmes, et quoi faire
    capitalise plan normalise               # ce que le robot propose ; n'écrit rien
    capitalise plan normalise --page TITRE  # une page
    capitalise normalise page.wiki          # un fichier : montre les changements ; --in-place écrit après avoir demandé
    capitalise normalise - < page.wiki      # de l'entrée à la sortie standard, toutes les règles appliquées
    capitalise run normalise                # montre, demande, écrit

## Commencer

Le fichier `bots/normalise.toml` dit `mode = "propose"` : rien n'est écrit, tout est montré. Quand le wiki est d'accord, on met
`mode = "write"` et on nomme les règles une à une :

    mode = "write"
    rules = ["choice", "list-delimiter"]

Les autres règles continuent de proposer. Autres réglages : `rest_hours = 48` (une page se repose après le passage d'une
personne), `lines = { description = 5 }` (les lignes demandées), `category` ou `query` (quelles pages ; `query` est une
requête de Semantic MediaWiki, où il y en a un), `report_page` (une page du wiki qui liste ce qui attend quelqu'un),
`help_page` (sinon la page « Aide » du compte du robot).

## Ce que le robot promet

- **Dans le doute, rien.** Une valeur qui n'est pas certaine reste telle quelle et devient une remarque.
- **Un refus est définitif.** Un champ que quelqu'un a changé après le robot, en tout ou en partie, sur le wiki, par la feuille ou
  par `capitalise undo`, est à cette personne : le robot n'y touche plus. Annuler suffit. (Gardez le même compte : un autre ne connaît pas
  les refus donnés au premier. Le renommer ne change rien.)
- **Pas de modification pour des riens.** Ce que personne ne voit (« en passant » dans la table) ne cause jamais de modification :
  la règle, si elle est activée, écrit seulement quand une autre change déjà la page.
- **Le résumé dit quoi et pourquoi** : le champ, la règle en mots, et un lien vers la ligne de la règle sur la page d'aide, que
  le robot tient à jour.
- **Le reste de la page ne change pas d'un octet.** Dès qu'un signe que MediaWiki lit est en jeu, la page est relue comme lui après
  le changement ; si quoi que ce soit d'autre se lisait autrement, elle est laissée telle quelle.
- Rien n'est touché dans `<nowiki>`, `<pre>`, `<math>`, `<syntaxhighlight>`, les commentaires, les appels et les liens.
- `{{nobots}}`, la page d'arrêt et la page de discussion du robot valent ici comme partout ([robot.md](robot.md)).

## Les règles

"""

TAIL = """
## Bon à savoir

- **Nombres** : Semantic MediaWiki en français lit `3.5` comme 3 (NumberValue) ; le signe décimal écrit est donc celui de la
  langue du wiki, et un nombre qui peut être des milliers ou une fraction (`1.234`) est une remarque.
- **Dates** : `03/04/2024` peut être deux jours, c'est une remarque ; une période aussi, puisque le champ contient une date. Un
  mois ou une année le restent, écrits comme le formulaire les écrit (`mars 2024`).
- **Listes** : les valeurs sont jointes par le séparateur et une espace, comme Page Forms ; l'ordre n'est changé que si toutes
  les valeurs viennent du formulaire. « et », « / » et « , » ne séparent que si chaque morceau est une valeur du formulaire.
- **Fautes de frappe** : corrigées seulement dans un champ qui n'accepte que les valeurs du formulaire, si une seule est proche.
  `2 - Qualifier…` n'est jamais une faute pour `1 - Qualifier…`.
- **Tableaux** (`{|`) et paramètres sans nom dans un appel : MediaWiki les coupe à leurs « | » ; c'est une remarque.
- Une règle ne vaut que pour le type de champ que le formulaire, le modèle ou l'attribut disent : les adresses ne sont
  corrigées que dans un champ de type URL (`[[A le type::URL]]`, ou « url » dans le `templatedata` du modèle). `forms show`
  dit le type de chaque champ.
- Ce que quelqu'un a défait il y a plus de 500 versions, ou défait d'un autre compte de robot, n'est plus connu.
- **Mesures** (`python -m benchmarks.normalise DOSSIER`, 22 novembre 2026, Linux x86_64, Python 3.11, machine partagée) sur 93 formulaires
  et 1 481 pages d'autres communautés : chaque balise des formulaires est lue ou nommée ; 25 841 appels lus comme MediaWiki les
  lit, aucun autrement ; sans règle, chaque page revient à l'octet près ; avec toutes, une seconde fois ne change plus rien ; le
  temps de calcul est de 0,36 à 0,45 fois celui d'une simple lecture par mwparserfromhell, mesuré dans le même passage.
- Un plan enregistré (`plan -o`) est écrit tel qu'il a été lu, même si le formulaire a changé entre-temps : les pages, elles,
  sont vérifiées.
- Deux formulaires qui remplissent le même modèle avec d'autres valeurs : un robot par formulaire, et `category` pour dire
  quelles pages.
"""


def page() -> str:
    """The whole text of docs/normalisation.md."""
    head = "| règle | ce qu'elle fait | avant | après | écrit |\n| --- | --- | --- | --- | --- |\n"
    limits = "\nTrouvé, jamais changé :\n\n" + "".join(map(_found, LIMITS))
    return spaced_page(HEAD + head + "".join(map(_line, RULES)) + limits + TAIL)


def _line(rule: Rule) -> str:
    when = "sur demande" if rule.asked else "si activée, en passant" if rule.unseen else "si activée"
    cells = [f"`{rule.id}`", render(rule.what, "fr"), _code(rule.before), _code(rule.after), when]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _code(text: str) -> str:
    return f"`` {text} ``" if text else ""


def _found(rule: Rule) -> str:
    return f"- `{rule.id}` : {render(rule.what, 'fr')}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
