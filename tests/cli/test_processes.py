"""Every command as people start it: a process, its languages, its pipes, and no password in anything it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from capitalise.cli.main import COMMANDS
from tests.conftest import Cli
from tests.processes import COMMAND, in_its_own

#: Each command once on a sample kit: what is typed after it, and how it ends.
TYPED = {
    "init": (["autre"], 0),
    "demo": (["essai"], 0),
    "plan": (["ingredients"], 0),
    "run": (["ingredients", "--yes"], 0),
    "missing": (["ingredients"], 0),
    "status": ([], 0),
    "import": (["absent.md"], 1),
    "rescue": (["communs", "-o", "x.ods", "--bot", "ingredients"], 2),
    "forms": (["show", "Ingrédient"], 0),
    "normalise": (["wiki/Décrire les rôles.wiki"], 0),
    "roumics": (["check"], 0),
    "export": (["json"], 3),  # the sample has words beside its form
    "apply": (["plan.json", "--yes"], 0),
    "review": (["absent.json"], 2),
    "history": ([], 0),
    "undo": (["20260101T0000-aaaa"], 2),
    "resume": ([], 0),
    "columns": (["ingredients"], 0),
    "doctor": ([], 0),
    "login": (["communs"], 0),
    "schedule": (["ingredients"], 2),  # it does not run by itself
    "bot-page": (["communs"], 2),
    "completion": (["bash"], 0),
}


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample kit with a saved plan, for commands that leave it as it is or nearly so."""
    folder = tmp_path_factory.mktemp("kits") / "kit"
    for arguments in (["init", str(folder), "--sample"], ["-C", str(folder), "plan", "ingredients", "-o", "plan.json"]):
        subprocess.run([COMMAND, *arguments], cwd=folder.parent, check=True, capture_output=True)
    (folder.parent / "plan.json").rename(folder / "plan.json")
    return folder


def test_every_command_is_started_once() -> None:
    assert set(TYPED) == set(COMMANDS)


@pytest.mark.apart("every command once as people start it")
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_as_a_process_of_its_own(kit: Path, environment: dict[str, str], name: str) -> None:
    arguments, code = TYPED[name]
    done = subprocess.run(
        [COMMAND, name, *arguments],
        cwd=kit,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "capitalise0000" not in done.stdout + done.stderr


@pytest.mark.apart("another language")
@pytest.mark.parametrize(("language", "said"), [("fr", "Il n'y a pas de commande"), ("en", "There is no command")])
def test_the_language_is_the_shells(tmp_path: Path, environment: dict[str, str], language: str, said: str) -> None:
    done = in_its_own(["-C", str(tmp_path), "plann"], {**environment, "LANGUAGE": language})
    assert said in done.stderr


@pytest.mark.apart("a pipe that nobody reads to its end")
def test_a_reader_that_leaves_early_is_no_error(kit: Path, environment: dict[str, str]) -> None:
    shell = f"{COMMAND} -C '{kit}' status | head -1"
    done = subprocess.run(["sh", "-c", shell], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.apart("half a path, as the shell completes it")
def test_names_of_bots_are_completed(kit: Path, environment: dict[str, str], capitalise: Cli) -> None:
    asked = {"_CAPITALISE_COMPLETE": "bash_complete", "COMP_WORDS": f"capitalise -C {kit} plan in", "COMP_CWORD": "4"}
    (kit / "bots" / "ingredients (copie).toml").write_text("", "utf-8")
    assert in_its_own([], {**environment, **asked}).stdout.split() == ["plain,ingredients"]
    (kit / "bots" / "ingredients (copie).toml").unlink()


@pytest.mark.apart("as a shell asks")
@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("login wikil", ["wikilivres"]),
        ("history --wiki comm", ["communs"]),
        ("roumics check 201", ["2016", "2017"]),
        ("export booklet --edition k", ["kit"]),
    ],
)
def test_names_of_wikis_and_editions_are_completed(
    kit: Path, environment: dict[str, str], typed: str, names: list[str]
) -> None:
    words = f"capitalise -C {kit} {typed}"
    asked = {"_CAPITALISE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert in_its_own([], {**environment, **asked}).stdout.split() == [f"plain,{name}" for name in names]


def test_who_leaves_a_name_out_is_told_which_there_are(kit: Path, capitalise: Cli) -> None:
    assert "communs, wikilivres, wikiversite" in capitalise(kit, "login", code=2).stderr
    assert "2016, 2017" in capitalise(kit, "roumics", "preview", code=2).stderr
