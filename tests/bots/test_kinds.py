"""A kind of bot that is one Python file of the workspace: everything that other bots can do, once a person said yes to that file."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

import capitalise as library
from capitalise import N_, Kind, PageSet, Request, Task, Workspace
from capitalise.bots.kind import KINDS, built_in
from capitalise.errors import SettingsError
from capitalise.pages.page_sets import listing_of
from capitalise.pages.reading import NAMES
from capitalise.plans.report import report_lines
from capitalise.testing import Bench
from capitalise.workspace.planning import task_for
from capitalise.workspace.trust import is_trusted, remember_trust
from tests.conftest import Cli
from tests.place import ROOT
from tests.processes import typed

IMAGES = ROOT / "tests" / "bots" / "images.py"
PAGES = {
    "Pain": "Du pain. [[Catégorie:Fiche]]",
    "Sel": "[[Fichier:Sel.jpg]] [[Catégorie:Fiche]]",
    "Levain": "De la farine et de l'eau, pour le [[pain]]. [[Catégorie:Fiche]]",
}
BOT = 'kind = "images"\ncategory = "Fiche"\nreport_page = "Sans image"\n'
REPORT = "Sans image"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    Bench(tmp_path / "kit", [IMAGES], {"photos": BOT}, PAGES)
    return tmp_path / "kit"


@pytest.fixture
def trusted(kit: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", environment.get("XDG_CONFIG_HOME", str(kit.parent / "config")))
    code = kit / "bots" / "images.py"
    remember_trust(code, code.read_bytes())
    return kit


# -- everything for nothing -----------------------------------------------------------------------


def test_a_kind_in_one_file_plans_runs_is_undone_and_has_a_history(trusted: Path, capitalise: Cli) -> None:
    plan = json.loads(capitalise(trusted, "plan", "photos", "--json", code=3).stdout)
    assert [f["title"] for f in plan["findings"]] == ["Levain", "Pain"]
    capitalise(trusted, "run", "photos", "--yes", code=3)
    report = trusted / "wiki" / "Sans image.wiki"
    assert "* [[Pain]]" in report.read_text("utf-8")
    (trusted / "wiki" / "Beurre.wiki").write_text("[[Catégorie:Fiche]]\n", "utf-8")
    capitalise(trusted, "run", "photos", "--yes", code=3)
    last, _first = json.loads(capitalise(trusted, "history", "--json").stdout)
    (trusted / "bots" / "images.py").unlink()  # what was written is taken back without the program
    (trusted / "bots" / "photos.toml").unlink()
    capitalise(trusted, "undo", last["run"], "--yes")
    assert "[[Beurre]]" not in report.read_text("utf-8")
    assert "[[Pain]]" in report.read_text("utf-8")


def test_a_kind_in_one_file_makes_pages_and_tables(trusted: Path, capitalise: Cli) -> None:
    page, table = trusted / "p.html", trusted / "p.csv"
    capitalise(trusted, "plan", "photos", "--html", str(page), "--csv", str(table), code=3)
    assert "Levain" in page.read_text("utf-8")
    assert "Levain" in table.read_text("utf-8-sig")
    assert "<ins>* [[Pain]]</ins>" in page.read_text("utf-8")  # what would be written, line by line
    assert "Ce qui serait écrit" in page.read_text("utf-8")


def test_a_program_that_changed_is_no_silence_at_night(trusted: Path, capitalise: Cli) -> None:
    toml = trusted / "bots" / "photos.toml"
    toml.write_text(f'{BOT}unattended = true\ntell = ["Discussion"]\n', "utf-8")
    code = trusted / "bots" / "images.py"
    code.write_text(code.read_text("utf-8") + "# changé\n", "utf-8")
    lines = [
        json.loads(one)
        for one in capitalise(trusted, "run", "photos", "--log-format", "json", code=2).stdout.splitlines()
    ]
    assert [one["event"] for one in lines] == ["error"] and "images.py" in lines[0]["why"]
    assert "s'est arrêté" in (trusted / "wiki" / "Discussion.wiki").read_text("utf-8")
    said = capitalise(trusted, "doctor", code=1).stdout
    assert "✗ bots/photos.toml" in said and "plan photos" in said


def test_a_setting_that_is_misspelt_is_named_with_the_nearest(trusted: Path, capitalise: Cli) -> None:
    toml = trusted / "bots" / "photos.toml"
    toml.write_text(BOT.replace("category", "categry"), "utf-8")
    said = capitalise(trusted, "plan", "photos", code=2).stderr
    assert "categry" in said
    assert "category" in said.replace("categry", "")


def test_a_kind_in_one_file_runs_by_itself_and_has_its_run_page(trusted: Path, capitalise: Cli) -> None:
    toml = trusted / "bots" / "photos.toml"
    toml.write_text(BOT + 'unattended = true\nquiet_minutes = 0\nrun_page = "Passages"\n', "utf-8")
    capitalise(trusted, "run", "photos", code=3)
    assert "Pain" in (trusted / "wiki" / "Passages.wiki").read_text("utf-8")


def test_doctor_names_a_bot_of_the_workspace_and_does_not_run_its_program(kit: Path, capitalise: Cli) -> None:
    (kit / "bots" / "images.py").write_text("raise SystemExit('it ran')", "utf-8")
    said = capitalise(kit, "doctor", code=None)
    assert "bots/images.py" in said.stdout
    assert "it ran" not in said.stdout + said.stderr


def test_a_page_outside_the_set_is_named_with_the_nearest(trusted: Path, capitalise: Cli) -> None:
    assert "Pain" in capitalise(trusted, "plan", "photos", "--page", "Pains", code=2).stderr


@pytest.mark.parametrize(
    ("options", "titles"),
    [
        (("--category", "Fiche"), ["Levain", "Pain"]),
        (("--prefix", "Le"), ["Levain"]),
        (("--linking-to", "Pain"), ["Levain"]),
        (("--category", "Catégorie:Fiche", "--prefix", "Le"), ["Levain"]),
    ],
)
def test_the_command_line_narrows_the_pages_of_any_kind(
    trusted: Path, capitalise: Cli, options: tuple[str, ...], titles: list[str]
) -> None:
    plan = json.loads(capitalise(trusted, "plan", "photos", "--json", *options, code=None).stdout)
    assert [f["title"] for f in plan["findings"]] == titles
    assert plan["changes"] == []  # a report of some pages would say that the others are well


@pytest.mark.parametrize("options", [("--category", "Autre"), ("--prefix", "Zzz")])
def test_a_set_without_pages_is_said(trusted: Path, capitalise: Cli, options: tuple[str, str]) -> None:
    assert options[1] in capitalise(trusted, "plan", "photos", *options, code=2).stderr


def test_a_report_is_not_emptied_because_a_category_is_misspelt(trusted: Path, capitalise: Cli) -> None:
    toml = trusted / "bots" / "photos.toml"
    toml.write_text(BOT.replace('"Fiche"', '"Fihce"'), "utf-8")
    assert "Fihce" in capitalise(trusted, "run", "photos", "--yes", code=2).stderr


def test_a_page_outside_the_sets_of_the_command_line_is_named(trusted: Path, capitalise: Cli) -> None:
    said = capitalise(trusted, "plan", "photos", "--prefix", "Le", "--page", "Pain", code=2).stderr
    assert "Pain" in said
    assert "Le" in said


def test_titles_in_a_file_narrow_the_pages(trusted: Path, capitalise: Cli) -> None:
    (trusted / "titres.txt").write_text("Pain\n\nSel\nPoivre\n", "utf-8")
    plan = json.loads(
        capitalise(trusted, "plan", "photos", "--json", "--titles", str(trusted / "titres.txt"), code=3).stdout
    )
    assert [f["title"] for f in plan["findings"]] == ["Pain"]
    assert any("Poivre" in note for note in plan["notes"])


def test_the_usual_report_is_read_back_by_since(trusted: Path, capitalise: Cli) -> None:
    code = trusted / "bots" / "images.py"
    code.write_text(
        code.read_text("utf-8")
        .replace(', "\\n".join(f"* [[{page.title}]]" for page in bare)', "")
        .replace(
            "KIND = Kind(Images, plan)",
            'KIND = Kind(Images, plan, report=lambda s, t: s.report_page, rules={"no-image": N_("sans image")})',
        ),
        "utf-8",
    )
    remember_trust(code, code.read_bytes())
    capitalise(trusted, "run", "photos", "--yes", code=3)
    report = (trusted / "wiki" / "Sans image.wiki").read_text("utf-8")
    assert [page for page, _why in report_lines(report)] == ["Levain", "Pain"]
    assert "| sans image || 2" in report
    (trusted / "wiki" / "Beurre.wiki").write_text("[[Catégorie:Fiche]]\n", "utf-8")
    (trusted / "wiki" / "Pain.wiki").write_text("[[Fichier:P.jpg]] [[Catégorie:Fiche]]\n", "utf-8")
    since = json.loads(capitalise(trusted, "plan", "photos", "--json", "--since", "report", code=3).stdout)["since"]
    assert [one["title"] for one in since["new"]] == ["Beurre"]
    assert [one["title"] for one in since["gone"]] == ["Pain"]
    asked = ["plan", "photos", "--json", "--since", "report", "--page", "Levain"]
    since = json.loads(capitalise(trusted, *asked, code=3).stdout)["since"]
    assert (since["new"], since["gone"]) == ([], [])  # the report of the others is not gone: they were not asked for
    opened = Workspace.open(trusted)
    since_then = opened.since("photos", opened.plan("photos"))
    assert ([one.title for one in since_then.new], since_then.gone[0][0]) == (["Beurre"], "Pain")


def test_saved_plans_and_doctor_know_a_kind_that_is_trusted(trusted: Path, capitalise: Cli) -> None:
    path, plan = trusted / "bots" / "images.py", trusted / "plan.json"
    code = path.read_text("utf-8").replace("KIND = Kind(Images, plan)", "")
    refuses = 'KIND = Kind(Images, plan, allows=lambda s, t, c: False, checks=lambda s, t: [Check(True, N_("à moi"))])'
    path.write_text(code.replace("import N_,", "import N_, Check,") + refuses + "\n", "utf-8")
    remember_trust(path, path.read_bytes())
    capitalise(trusted, "plan", "photos", "-o", str(plan), code=3)
    assert "à moi" in capitalise(trusted, "doctor", code=None).stdout
    assert "Sans image" in capitalise(trusted, "apply", str(plan), "--yes", code=None).stderr
    assert not (trusted / "wiki" / "Sans image.wiki").exists()


# -- code of the workspace ------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("plan", "photos"), ("run", "photos", "--yes"), ("run", "photos")])
def test_nobody_said_yes_so_nothing_runs(kit: Path, capitalise: Cli, command: tuple[str, ...]) -> None:
    ran = kit / "ran"
    code = kit / "bots" / "images.py"
    code.write_text(code.read_text("utf-8") + f"\nfrom pathlib import Path\nPath({str(ran)!r}).touch()\n", "utf-8")
    assert "bots/images.py" in capitalise(kit, *command, code=2).stderr
    assert not ran.exists()


def test_a_program_that_changed_is_asked_about_again(trusted: Path, capitalise: Cli) -> None:
    capitalise(trusted, "plan", "photos", code=3)
    code = trusted / "bots" / "images.py"
    code.write_text(code.read_text("utf-8") + "\n# plus\n", "utf-8")
    assert "bots/images.py" in capitalise(trusted, "plan", "photos", code=2).stderr


def test_a_copy_elsewhere_is_another_program(trusted: Path, tmp_path: Path) -> None:
    other = shutil.copytree(trusted, tmp_path / "ailleurs") / "bots" / "images.py"
    assert is_trusted(trusted / "bots" / "images.py", other.read_bytes())
    assert not is_trusted(other, other.read_bytes())


@pytest.mark.apart("a person at a terminal")
def test_a_person_is_asked_once(kit: Path, environment: dict[str, str]) -> None:
    shown, code = typed(kit, environment, ["plan", "photos"], "o")
    assert "images.py" in shown
    assert code == 3
    shown, _code = typed(kit, environment, ["plan", "photos"])
    assert "[o/N]" not in shown
    (kit / "bots" / "images.py").write_text("KIND = 1\n", "utf-8")
    shown, code = typed(kit, environment, ["plan", "photos"], "n")
    assert "[o/N]" in shown
    assert code == 2


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1/0", "ZeroDivisionError"),
        ("KIND = 1", "KIND = Kind"),
        ("x = 1\ndef", "ligne 2 : SyntaxError"),
        ("", "KIND = Kind"),
        ("raise SystemExit(0)", "SystemExit"),
    ],
)
def test_a_program_that_is_no_kind_is_one_sentence(trusted: Path, capitalise: Cli, code: str, words: str) -> None:
    path = trusted / "bots" / "images.py"
    path.write_text(code, "utf-8")
    remember_trust(path, path.read_bytes())
    assert words in capitalise(trusted, "plan", "photos", code=2).stderr.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "member",
    [
        "checks=lambda s, t: iter([1 / 0])",
        "checks=broken",
        "sheets=lambda s: 1 / 0",
        "report=lambda s, t: 1 / 0",
        "reads=lambda s: 1 / 0",
        "read=lambda t, w: 1 / 0",
    ],
)
def test_what_goes_wrong_anywhere_in_a_program_is_one_sentence(trusted: Path, capitalise: Cli, member: str) -> None:
    path = trusted / "bots" / "images.py"
    code = path.read_text("utf-8") + "\n\ndef broken(s, t):\n    yield 1 / 0\n"
    path.write_text(code + f"\nKIND = Kind(Images, plan, {member})\n", "utf-8")
    remember_trust(path, path.read_bytes())
    said = [
        capitalise(trusted, *command, code=None) for command in (["doctor"], ["plan", "photos", "--since", "report"])
    ]
    assert any("ZeroDivisionError" in one.stdout + one.stderr for one in said)
    assert not any("Traceback" in one.stdout + one.stderr for one in said)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return 1 / 0", "ligne 8 : ZeroDivisionError"),
        ("return None", "Plan"),
        (
            "r = task.pages_of(PageSet(category=s.category))[0]; return task.plan(1, [task.found('x', 'mots', r)])",
            "N_(",
        ),
    ],
)
def test_what_goes_wrong_in_a_planner_is_said_with_its_line(
    trusted: Path, capitalise: Cli, body: str, words: str
) -> None:
    path = trusted / "bots" / "images.py"
    path.write_text(
        "from dataclasses import dataclass\nfrom capitalise import Kind, PageSet\n@dataclass(frozen=True)\n"
        "class S:\n    category: str\n    report_page: str = ''\ndef plan(s, task):\n"
        f"    {body}\nKIND = Kind(S, plan)\n",
        "utf-8",
    )
    remember_trust(path, path.read_bytes())
    said = capitalise(trusted, "plan", "photos", code=2).stderr.replace("\N{NO-BREAK SPACE}", " ")
    assert "bots/images.py" in said
    assert words in said


def test_a_key_of_every_bot_that_is_misspelt_is_named_with_the_nearest(trusted: Path, capitalise: Cli) -> None:
    toml = trusted / "bots" / "photos.toml"
    toml.write_text(BOT + "quite_minutes = 3\n", "utf-8")
    assert "quiet_minutes" in capitalise(trusted, "plan", "photos", code=2).stderr


@pytest.mark.parametrize(("line", "words"), [("most: int | None = None", "most"), ("wiki: str = ''", "wiki")])
def test_a_field_that_no_toml_can_say_is_named(trusted: Path, capitalise: Cli, line: str, words: str) -> None:
    path = trusted / "bots" / "images.py"
    path.write_text(path.read_text("utf-8").replace("report_page: str", f"{line}\n    report_page: str"), "utf-8")
    remember_trust(path, path.read_bytes())
    assert words in capitalise(trusted, "plan", "photos", code=2).stderr


def test_a_program_with_the_name_of_a_built_in_kind_is_refused(trusted: Path, capitalise: Cli) -> None:
    shutil.copy(trusted / "bots" / "images.py", trusted / "bots" / "normalise.py")
    (trusted / "bots" / "photos.toml").write_text('kind = "normalise"\nform = "F"\n', "utf-8")
    assert "bots/normalise.py" in capitalise(trusted, "plan", "photos", code=2).stderr


def test_a_page_of_a_wiki_that_is_not_there_is_refused_before_anything_is_written(
    trusted: Path, capitalise: Cli
) -> None:
    path = trusted / "bots" / "images.py"
    code = path.read_text("utf-8").replace("import N_,", "import N_, PageChange,")
    elsewhere = "task.plan(1, pages=[PageChange('ailleurs', 'X', 0, '', 'x', 's')])"
    path.write_text(
        code.replace("    return task.with_report(", f"    return {elsewhere}\n    return task.with_report("), "utf-8"
    )
    remember_trust(path, path.read_bytes())
    assert "ailleurs" in capitalise(trusted, "plan", "photos", code=2).stderr


# -- what people took back ------------------------------------------------------------------------


ONE_LESS = """
from dataclasses import dataclass
from capitalise import Kind, N_, PageSet
@dataclass(frozen=True)
class S:
    category: str
    report_page: str = ""
def plan(s, task):
    pages = task.pages_of(PageSet(category=s.category))
    wanted = [(page, page.text.replace("* sel\\n* sel\\n", "* sel\\n")) for page in pages]
    changes, refused = task.changes(wanted, N_("une seule fois"))
    return task.plan(len(pages), refused, changes)
KIND = Kind(S, plan)
"""


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_line_that_stood_twice_and_was_put_back_stays(tmp_path: Path, by_hand: bool) -> None:
    """Two equal lines are two of somebody's lines: that one of them is there says nothing of the other."""
    (tmp_path / "images.py").write_text(ONE_LESS, "utf-8")
    page = "* sel\n* sel\n* eau\n[[Catégorie:Fiche]]"
    bench = Bench(tmp_path / "kit", [tmp_path / "images.py"], {"photos": BOT}, {"Pain": page})
    plan = bench.plan("photos")
    bench.apply(plan)
    assert bench.text("Pain") == page.replace("* sel\n", "", 1)
    if by_hand:
        bench.write("Pain", page)
    else:
        bench.apply(bench.workspace().undo(plan.run))
    again = bench.plan("photos")
    assert again.empty
    assert [(one.rule, one.title) for one in again.findings] == [("reverted", "Pain")]
    assert bench.text("Pain") == page


# -- what a planner is handed ---------------------------------------------------------------------


def test_no_attribute_of_a_task_leads_to_a_commit(kit: Path) -> None:
    opened = Workspace.open(kit, trusts=lambda path, code: True)
    task = task_for(opened, opened.bot("photos"), Request())
    seen = [task, task.reader, task.reader_of("local")]
    names = {name for one in seen for name in dir(one) if not name.startswith("_")}
    assert not names & {"commit", "preflight", "read_messages", "store"}
    for name in NAMES:
        found = getattr(task.reader, name)
        assert not hasattr(found, "__self__"), name
    with pytest.raises(AttributeError):
        task.reader.commit  # type: ignore[attr-defined]  # noqa: B018


def test_a_planner_can_reach_few_things() -> None:
    """Rather a room of its own in a kind's folder than one more thing here."""
    methods = [name for name in dir(Task) if not name.startswith("_") and callable(getattr(Task, name, None))]
    assert len(methods) <= 10


def test_the_library_says_what_it_has() -> None:
    assert {"Workspace", "Kind", "Task", "Plan", "PageSet", "Finding", "N_"} <= set(dir(library))
    for name in library.__all__:
        assert getattr(library, name) is not None


def test_a_workspace_plans_applies_and_undoes_in_python(kit: Path) -> None:
    opened = Workspace.open(kit, trusts=lambda path, code: True)
    plan = opened.plan("photos")
    report = opened.apply(plan)
    assert report.written == 1
    assert opened.plan("photos").empty
    assert [run.id for run in opened.history()["local"]] == [plan.run]
    opened.apply(opened.undo(plan.run))
    assert opened.reader("local").heads([REPORT])[REPORT].revision


def test_where_there_is_one_wiki_a_bot_need_not_name_it(kit: Path) -> None:
    assert Workspace.open(kit).settings.bots["photos"].wiki == "local"
    toml = kit / "capitalise.toml"
    toml.write_text(toml.read_text("utf-8") + '[wikis.autre]\nfolder = "wiki"\n', "utf-8")
    with pytest.raises(SettingsError, match="wiki"):
        Workspace.open(kit)


def test_an_unknown_kind_is_named_with_those_there_are(kit: Path) -> None:
    (kit / "bots" / "photos.toml").write_text('kind = "image"\n', "utf-8")
    with pytest.raises(SettingsError, match="images"):
        Workspace.open(kit)


# -- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pages", "titles"),
    [
        (PageSet(category="Fiche"), {"Pain", "Sel", "Levain"}),
        (PageSet(prefix="Le"), {"Levain"}),
        (PageSet(titles=("pain", "rien")), {"Pain"}),
        (PageSet(search="farine"), {"Levain"}),
        (PageSet(linking_to="Pain"), {"Levain"}),
        (PageSet(category="Fiche", prefix="S"), {"Sel"}),
        (PageSet(query="[[Catégorie:Fiche]]"), set()),
        (PageSet(), set()),
    ],
)
def test_a_set_of_pages(kit: Path, pages: PageSet, titles: set[str]) -> None:
    assert set(listing_of(Workspace.open(kit).reader("local"), pages)) == titles


# -- the house ------------------------------------------------------------------------------------


def test_a_kinds_name_stands_in_its_own_folder_only() -> None:
    """And in the table of lazy imports, the table of commands, what a new workspace is made of, and the demonstration of it."""
    common = ("table", "decision")  # words like any other
    words = [f"bots[./]{name}" if name in common else name for name in KINDS]
    names = re.compile(rf"\b({'|'.join(words)})\b")
    package = ROOT / "capitalise"
    allowed = {
        Path("bots/kind.py"),
        Path("cli/main.py"),
        Path("cli/demo.py"),
        Path("cli/normalise.py"),
        Path("cli/setup.py"),
    }
    folders = [Path(f"{room}/{name}") for room in ("bots", "cli") for name in KINDS] + [Path("starter")]
    found = [
        f"{path}:{number}: {line.strip()}"
        for file in sorted(package.rglob("*.py"))
        if (path := file.relative_to(package)) not in allowed and not any(path.is_relative_to(one) for one in folders)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if names.search(line)
    ]
    assert found == []


def test_the_kinds_that_are_built_in_are_kinds() -> None:
    assert all(isinstance(built_in(name), Kind) for name in KINDS)
    assert built_in("images") is None
    assert N_("x").text == "x"
