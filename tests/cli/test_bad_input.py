"""Everything people type, break and paste: each gets the right result or a finding that says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from capitalise.files import write_safely
from tests.conftest import Cli
from tests.place import PAGES, SHEET, TITLES, FolderPlace, use_csv

SEE, MEET = "Observer les usages existants", "Animer les rencontres"


@pytest.fixture
def place(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    made = FolderPlace(tmp_path / "kit", capitalise)
    made.run()
    return made


def untouched(place: FolderPlace) -> bool:
    return all(place.text(title) == PAGES[title] for title in TITLES)


CELLS = {
    "signature": ("signé ~~~~", "expanded-on-save"),
    "subst": ("{{subst:PAGENAME}}", "expanded-on-save"),
    "pipe trick": ("[[Lille (Nord)|]]", "expanded-on-save"),
    "open comment": ("voir <!-- plus tard", "unwritable"),
    "ten megabytes": ("x" * 10_000_000, "too-long"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_that_cannot_be_written_is_named_and_the_rest_goes_on(place: FolderPlace, name: str) -> None:
    cell, rule = CELLS[name]
    place.type(SEE, Description=cell, Exemple="autre champ")
    place.type(MEET, Exemple="autre page")
    done = place.run(code=3)
    (finding,) = done["findings"]
    assert (finding["rule"], finding["title"], finding["field"]) == (rule, SEE, "Description")
    assert (finding["at"]["sheet"], finding["at"]["row"]) == (SHEET, [r[0] for r in place.rows()].index(SEE) + 1)
    assert "plop" in place.text(SEE)
    assert "autre champ" in place.text(SEE)
    assert "autre page" in place.text(MEET)
    assert place.row(SEE)["Description"] == cell


WRITTEN = {
    "a | b": "a {{!}} b",
    "fin }} de": "fin &#125;&#125; de",
    "= titre =": "= titre =",
    "[[ ouvert": "&#91;&#91; ouvert",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "[[Catégorie:Ailleurs]]": "[[Catégorie:Ailleurs]]",
    "=1+1": "=1+1",
    "- une liste": "- une liste",
    "une\r\nautre ligne": "une\nautre ligne",
    "\tavec des blancs  ": "avec des blancs",
}


@pytest.mark.parametrize("cell", WRITTEN)
def test_awkward_cells_are_written_as_meant_and_come_back(place: FolderPlace, cell: str) -> None:
    place.type(SEE, Description=cell)
    place.run(code=3 if cell.startswith("[[Cat") else 0)  # that it files its page is told
    assert place.text(SEE) == PAGES[SEE].replace("plop", WRITTEN[cell])
    assert place.plan()["changes"] == []


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("a|b", "illegal-title"),
        ("a#b", "illegal-title"),
        ("x" * 300, "illegal-title"),
        ("<b>", "illegal-title"),
        ("Observer les usages existant", "near-title"),
    ],
)
def test_a_title_that_cannot_be_is_a_finding(place: FolderPlace, title: str, rule: str) -> None:
    place.type(title, Description="x")
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == [rule]
    assert done["findings"][0]["at"]["row"] == len(TITLES) + 2
    assert untouched(place)


def test_an_unknown_step_is_not_written(place: FolderPlace) -> None:
    place.type(SEE, Étape="12 - Inventée", Description="mais ceci oui")
    done = place.run(code=3)
    assert [(f["rule"], f["field"]) for f in done["findings"]] == [("unknown-value", "Étape")]
    assert "mais ceci oui" in place.text(SEE)
    assert "Inventée" not in place.text(SEE)


def test_a_new_page_is_not_made_by_halves(place: FolderPlace) -> None:
    place.type("Nouvelle", Étape="12 - Inventée", Description="un texte")
    place.run(code=3)
    assert place.text("Nouvelle") == ""


def test_two_rows_about_one_page_are_both_left_alone(place: FolderPlace) -> None:
    rows = place.rows()
    place.save([*rows, [SEE, "", "un autre texte", *[""] * 5]])
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["duplicate-row"] * 2
    assert untouched(place)
    assert place.rows()[-1][2] == "un autre texte"


def test_blank_rows_are_counted_and_rows_without_title_named(place: FolderPlace) -> None:
    rows = place.rows()
    place.save([*rows, [" "] * 8, ["", "", "orpheline", *[""] * 5]])
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["row-without-title"]
    assert done["notes"] == ["1 ligne vide passée"]
    assert len(place.rows()) == len(TITLES) + 3


def test_a_missing_column_leaves_its_field_alone(place: FolderPlace) -> None:
    place.save([[*row[:2], *row[3:]] for row in place.rows()])
    done = place.run(code=3)
    assert [(f["rule"], f["field"]) for f in done["findings"]] == [("missing-column", "Description")]
    assert untouched(place)


def test_a_mistyped_heading_is_asked_about(place: FolderPlace, capitalise: Cli) -> None:
    """Taken for a column of the user's own it would let rows move on without their text."""
    rows = place.rows()
    rows[0][2] = "Descr."
    place.save(rows)
    said = capitalise(place.folder, "run", "ingredients", "--yes", code=1).stderr
    assert "Descr." in said
    assert "Description" in said


@pytest.mark.parametrize("cell", ["\u00a0", " \u202f "])
def test_a_cell_of_invisible_blanks_is_an_empty_one(place: FolderPlace, cell: str) -> None:
    place.type(SEE, Description=cell)
    assert [f["rule"] for f in place.run(code=3)["findings"]] == ["emptied-in-sheet"]
    assert untouched(place)


@pytest.mark.parametrize("cell", ["(Vide)", " (VIDE) "])
def test_emptying_on_purpose_is_understood_in_capitals_too(place: FolderPlace, cell: str) -> None:
    place.type(MEET, Outils=cell)
    place.run()
    assert "{{Outil" not in place.text(MEET)


def test_a_revision_that_is_no_number_holds_its_row_back(place: FolderPlace) -> None:
    place.type(SEE, revision="1 2,0")
    place.edit(SEE, PAGES[SEE].replace("plop", ""))
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["not-a-number"]
    assert "plop" not in place.text(SEE)


def test_a_row_with_only_a_title_creates_nothing(place: FolderPlace) -> None:
    place.type("Juste un titre")
    assert [f["rule"] for f in place.run(code=3)["findings"]] == ["cannot-create"]
    assert place.text("Juste un titre") == ""


def test_a_page_that_is_not_listed_is_asked_for_by_its_title(place: FolderPlace) -> None:
    """It is there without the form's template: that is no page to create."""
    place.edit("Ailleurs", "déjà là")
    place.type("Ailleurs", Description="de la feuille")
    done = place.run(code=3)
    assert [(f["rule"], f["title"]) for f in done["findings"]] == [("unreadable-page", "Ailleurs")]
    assert place.text("Ailleurs") == "déjà là"


def test_a_mistyped_page_or_field_is_said(place: FolderPlace, capitalise: Cli) -> None:
    said = capitalise(place.folder, "plan", "ingredients", "--page", "Decrire les roles", code=2).stderr
    assert "Décrire les rôles" in said
    more = ("--page", SEE, "--prefer", "wiki", "--field", "Descripsion")
    assert "Description" in capitalise(place.folder, "plan", "ingredients", *more, code=2).stderr
    assert "--page" in capitalise(place.folder, "plan", "ingredients", "--field", "Description", code=2).stderr


def test_headings_may_have_colons_capitals_or_the_fields_own_name(place: FolderPlace) -> None:
    header, *rows = place.rows()
    place.save([["TITRE :", "etape", "Description:", "outils", *header[4:]], *rows])
    assert place.plan()["changes"] == []


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 un tableur",
        b"\x00\x01\x02",
        b"",
        b"Nom;Texte\nx;y\n",
        b'Titre;x\n"jamais ferm',
        b"Titre;Description\na;b;c;d\n",
        b"Titre;Titre\na;b\n",
        b"Titre;\x81\x8d\n",
    ],
    ids=["xlsx", "binary", "empty", "no title column", "open quote", "too many cells", "title twice", "no encoding"],
)
def test_a_sheet_that_cannot_be_used_gets_one_sentence(place: FolderPlace, capitalise: Cli, data: bytes) -> None:
    (place.folder / SHEET).write_bytes(data)
    said = capitalise(place.folder, "run", "ingredients", "--yes", code=1)
    assert SHEET in said.stderr
    assert said.stderr.count("\n") <= 2
    assert (place.folder / SHEET).read_bytes() == data
    assert untouched(place)


def test_a_sheet_open_in_libreoffice_stops_the_run_before_the_first_page(place: FolderPlace, capitalise: Cli) -> None:
    place.type(SEE, Description="x")
    (place.folder / f".~lock.{SHEET}#").touch()
    assert "LibreOffice" in capitalise(place.folder, "run", "ingredients", "--yes", code=1).stderr
    assert untouched(place)


@pytest.mark.parametrize(
    "text",
    [
        "rien ici",
        "{{Ingrédient|description=a}} et {{Ingrédient|description=b}}",
        "{{Ingrédient|description=<!-- a",
        "<nowiki>{{Ingrédient}}</nowiki>",
        "{{Autre|x={{Ingrédient|description=a}}}}",
    ],
    ids=["no call", "two calls", "unclosed", "nowiki", "nested"],
)
def test_a_page_that_cannot_be_read_as_the_forms_is_left_alone(place: FolderPlace, text: str) -> None:
    place.edit(SEE, text)
    place.type(SEE, Description="de la feuille")
    done = place.run(code=3)
    assert [(f["rule"], f["title"]) for f in done["findings"]] == [("unreadable-page", SEE)]
    assert place.text(SEE) == text
    assert place.row(SEE)["Description"] == "de la feuille"


def test_a_tool_list_with_words_around_it_is_not_rewritten(place: FolderPlace) -> None:
    place.edit(MEET, PAGES[MEET].replace("|outils={{Outil", "|outils=surtout : {{Outil"))
    place.run()
    assert place.row(MEET)["Outils"].startswith("surtout :\nTour de météo")
    place.type(MEET, Outils="Tout autre")
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["hidden-words"]
    assert "surtout :" in place.text(MEET)


def test_a_decision_that_is_not_understood_is_kept_and_said(place: FolderPlace) -> None:
    place.type(SEE, Description="a", à_décider="Description feuille, s'il te plaît")
    done = place.run(code=3)
    assert [f["rule"] for f in done["findings"]] == ["decision-not-understood"]
    assert place.row(SEE)["à décider"] == "Description feuille, s'il te plaît"


def test_a_hand_made_sheet_without_the_tools_columns(place: FolderPlace) -> None:
    (place.folder / SHEET).write_text(
        f"Titre;Description\n{SEE};plop\nNouvelle;Un texte.\n{MEET};Un autre avis\n", "utf-8"
    )
    done = place.run(code=3)
    assert [(c["title"], c["base"]) for c in done["conflicts"]] == [(MEET, 0)]
    assert place.text("Nouvelle") == "{{Ingrédient\n|description=Un texte.\n}}"
    assert place.text(MEET) == PAGES[MEET]
    assert place.row(MEET)["à décider"] == "Description\u00a0: feuille ou wiki\u00a0?"
    assert place.row(MEET)["revision"].partition("?")[0].endswith(" ; étape@0 ; outils@0 ; description@0")


def test_a_cell_steering_the_terminal_is_shown_harmless(place: FolderPlace, capitalise: Cli) -> None:
    place.type(SEE, Description="rouge \x1b[31m et \x07")
    shown = capitalise(place.folder, "plan", "ingredients").stdout
    assert "\x1b" not in shown
    assert "\x07" not in shown


@pytest.mark.parametrize(
    "damage", [lambda d: "", lambda d: d[:-20], lambda d: "[]", lambda d: d.replace('"base"', '"bose"')]
)
def test_a_damaged_plan_is_refused(place: FolderPlace, capitalise: Cli, damage) -> None:  # type: ignore[no-untyped-def]
    place.type(SEE, Description="x")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    plan.write_text(damage(plan.read_text("utf-8")), "utf-8")
    assert "plan.json" in capitalise(place.folder, "apply", str(plan), "--yes", code=2).stderr
    assert untouched(place)


def test_a_wiki_that_is_read_only_for_us_is_not_written_to(place: FolderPlace, capitalise: Cli) -> None:
    place.type(SEE, Description="x")
    settings = place.folder / "capitalise.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('folder = "wiki"', 'folder = "wiki"\nwrite = false'), "utf-8"
    )
    assert "write = false" in capitalise(place.folder, "run", "ingredients", "--yes", code=2).stderr
    assert untouched(place)


def test_nothing_is_written_where_nobody_can_say_yes(place: FolderPlace, capitalise: Cli) -> None:
    place.type(SEE, Description="x")
    assert "--yes" in capitalise(place.folder, "run", "ingredients", code=2).stderr
    assert untouched(place)


def test_plan_check_tells_scripts_that_something_is_to_be_written(place: FolderPlace, capitalise: Cli) -> None:
    capitalise(place.folder, "plan", "ingredients", "--check", code=0)
    place.type(SEE, Description="x")
    capitalise(place.folder, "plan", "ingredients", "--check", code=4)


def test_the_json_of_a_plan_holds_what_the_contract_names(place: FolderPlace) -> None:
    place.type(SEE, Description="x")
    place.edit(MEET, PAGES[MEET].replace("Un rythme", "Une date"))
    plan = place.plan()
    page = next(c for c in plan["changes"] if c["wiki"])
    cell = next(c for c in plan["changes"] if c["wiki"] is None)
    assert {"wiki", "title", "base", "summary", "old", "new"} <= set(page)
    assert {"sheet", "row", "field", "old", "new"} <= set(cell)
    assert {"bot", "run", "changes", "conflicts", "findings"} <= set(plan)
    assert page["summary"] == "Mise à jour depuis la feuille ingredients.csv : Description"
    json.dumps(plan)


def test_a_kit_without_pages_starts_with_a_sheet_of_headings(tmp_path: Path, capitalise: Cli) -> None:
    capitalise(tmp_path, "init", str(tmp_path / "vide"))
    use_csv(tmp_path / "vide")
    capitalise(tmp_path / "vide", "run", "ingredients", "--yes")
    assert (tmp_path / "vide" / SHEET).read_text(
        "utf-8-sig"
    ).strip() == "Titre;Étape;Description;Outils;Exemple;à décider;page;revision"
    assert "Rien à faire" in capitalise(tmp_path / "vide", "run", "ingredients", "--yes").stdout


@pytest.mark.parametrize("address", ["http://[::1", "http://[::1/api.php", "http://a b/api.php"])
def test_what_is_no_address_of_a_wiki(tmp_path: Path, capitalise: Cli, address: str) -> None:
    done = capitalise(tmp_path, "init", str(tmp_path / "kit"), "--wiki", address, "--contact", "essai", code=None)
    assert done.returncode
    assert done.stderr == f"« {address} » n'est pas une adresse.\n"
    assert not (tmp_path / "kit").exists()


def test_a_sheet_that_is_replaced_stays_open_to_whom_it_was(tmp_path: Path) -> None:
    path = tmp_path / "f.ods"
    path.write_bytes(b"a")
    path.chmod(0o664)
    write_safely(path, b"b")
    assert path.stat().st_mode & 0o777 == 0o664
    assert path.read_bytes() == b"b"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, "null", '{"changes": 7}', '{"changes": [{"wiki": []}]}']
)
def test_a_plan_of_odd_json_is_one_sentence(place: FolderPlace, text: str) -> None:
    (place.folder / "odd.json").write_text(text, "utf-8")
    done = place.cli(place.folder, "apply", str(place.folder / "odd.json"), "--yes", code=2)
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_plan_that_writes_into_another_file_is_refused(place: FolderPlace) -> None:
    place.type(SEE, Description="de la feuille")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    precious = place.folder.parent / "precieux.csv"
    precious.write_bytes((place.folder / SHEET).read_bytes())
    plan.write_text(plan.read_text("utf-8").replace(SHEET, "../precieux.csv"), "utf-8")
    done = place.cli(place.folder, "apply", str(plan), "--yes", code=2)
    assert "precieux.csv" in done.stderr
    assert precious.read_bytes() == (place.folder / SHEET).read_bytes()


@pytest.mark.parametrize(
    "edit",
    [
        lambda page: page | {"new": page["new"] + "\nUn mot de plus."},
        lambda page: page | {"new": page["new"].replace("de la feuille", "d'une autre main")},
        lambda page: page | {"new": page["old"].replace("étape", "etape")},
        lambda page: page | {"title": "Page de garde", "base": 0, "old": "", "new": "Bonjour."},
    ],
)
def test_a_plan_that_its_bot_never_makes_is_refused(
    place: FolderPlace, edit: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Another hand changed more than the values that the plan shows."""
    place.type(SEE, Description="de la feuille")
    file = place.folder / "plan.json"
    place.plan("-o", str(file))
    plan = json.loads(file.read_text("utf-8"))
    plan["changes"] = [edit(c) if c["wiki"] else c for c in plan["changes"]]
    file.write_text(json.dumps(plan), "utf-8")
    before = {path: path.read_bytes() for path in (place.folder / "wiki").glob("*.wiki")}
    done = place.cli(place.folder, "apply", str(file), "--yes", code=2)
    assert "jamais" in done.stderr
    assert {path: path.read_bytes() for path in (place.folder / "wiki").glob("*.wiki")} == before


def test_who_applies_a_plan_sees_all_that_it_writes(place: FolderPlace) -> None:
    """Summaries, answers, and the last line of a long text."""
    place.type(SEE, Description="de la feuille")
    plan = place.folder / "plan.json"
    place.plan("-o", str(plan))
    shown = place.cli(place.folder, "apply", str(plan), "--yes").stdout
    assert "résumé" in shown and "feuille ingredients.csv" in shown
    assert "revision" in shown
