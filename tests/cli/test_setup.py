"""doctor, login, init for another wiki, the menu, decisions at a terminal, the page for a meeting."""

from __future__ import annotations

import functools
import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from capitalise.wikis.credentials import Credentials, find_credentials, keep_credentials
from tests.conftest import Cli
from tests.desk import Desk
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.processes import typed

ROLES = "Décrire les rôles"


def settings(folder: Path, address: str, more: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "capitalise.toml").write_text(f'contact = "tests"\n[wikis.communs]\napi = "{address}"\n{more}', "utf-8")
    return folder


# -- decisions and pages ----------------------------------------------------------------------


@pytest.fixture
def torn(tmp_path: Path, capitalise: Cli) -> Desk:
    """A description that two people changed."""
    desk = Desk(tmp_path / "kit", capitalise)
    desk.run()
    desk.type(ROLES, "Description", "de la <b>feuille</b>")
    desk.edit(ROLES, "Un rôle n'est pas une personne .", "Un rôle se prête.")
    return desk


@pytest.mark.apart("a person at a terminal")
@pytest.mark.parametrize(("answer", "text"), [("f", "|description=de la <b>feuille</b>"), ("w", "Un rôle se prête.")])
def test_run_asks_at_a_terminal(torn: Desk, environment: dict[str, str], answer: str, text: str) -> None:
    shown, code = typed(torn.folder, environment, ["run", "ingredients"], answer, "o")
    assert "(1/1)" in shown
    assert code == 0, shown
    assert text in torn.page(ROLES)
    assert torn.plan()["changes"] == []


@pytest.mark.apart("a person at a terminal")
def test_a_question_left_open_changes_nothing(torn: Desk, environment: dict[str, str]) -> None:
    before = torn.page(ROLES)
    shown, code = typed(torn.folder, environment, ["run", "ingredients"], "", "n")
    assert "Rien n'a été écrit" in shown
    assert code == 0
    assert torn.page(ROLES) == before


def test_the_page_for_a_meeting_shows_both_texts_and_runs_nothing(torn: Desk) -> None:
    torn.type("Observer les usages existants", "Description", "<script>alert(1)</script> vu")
    torn.cli(torn.folder, "plan", "ingredients", "--html", str(torn.folder / "p.html"), code=3)
    page = re.sub("</?mark>", "", (torn.folder / "p.html").read_text("utf-8"))  # what differs is marked
    assert "À décider" in page
    assert "de la &lt;b&gt;feuille&lt;/b&gt;" in page
    assert "Un rôle se prête." in page
    assert Tags.of(page).isdisjoint({"script", "b"})


@pytest.mark.apart("Chromium")
def test_the_page_prints_what_waits_on_one_sheet_of_paper(torn: Desk, tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if not browser:
        pytest.skip("Chromium is not installed")
    torn.cli(torn.folder, "plan", "ingredients", "--html", str(torn.folder / "p.html"), code=3)
    common = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'chromium'}"]
    page = (torn.folder / "p.html").as_uri()
    dom = subprocess.run([*common, "--dump-dom", page], capture_output=True, text=True, check=True, timeout=60).stdout
    assert "Un rôle se prête." in dom
    subprocess.run([*common, f"--print-to-pdf={tmp_path / 'p.pdf'}", page], capture_output=True, check=True, timeout=60)
    assert (tmp_path / "p.pdf").read_bytes().count(b"/Type /Page\n") == 1


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.add(tag)

    @classmethod
    def of(cls, page: str) -> set[str]:
        parser = cls()
        parser.feed(page)
        return parser.found


# -- the menu ---------------------------------------------------------------------------------


@pytest.mark.apart("a person at a terminal")
def test_alone_it_asks_in_french_what_to_do(torn: Desk, environment: dict[str, str]) -> None:
    shown, _code = typed(torn.folder, environment, [], "1")
    assert "Que voulez-vous faire ?" in shown
    assert "pages sont complètes" in shown


@pytest.mark.apart("a person at a terminal")
def test_alone_without_a_workspace_it_offers_to_try(tmp_path: Path, environment: dict[str, str]) -> None:
    shown, _code = typed(tmp_path, environment, [], "")
    assert "kit d'exemple" in shown


def test_alone_without_a_terminal_it_shows_the_help(tmp_path: Path, capitalise: Cli) -> None:
    assert "doctor" in capitalise(tmp_path).stdout


def test_a_mistyped_command_is_told_the_right_one(tmp_path: Path, capitalise: Cli) -> None:
    assert "Vouliez-vous dire : plan" in capitalise(tmp_path, "plann", code=2).stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(tmp_path: Path, capitalise: Cli, shell: str) -> None:
    assert "_CAPITALISE_COMPLETE" in capitalise(tmp_path, "completion", shell).stdout


# -- doctor and login -------------------------------------------------------------------------


def checks(capitalise: Cli, folder: Path, code: int) -> list[dict[str, str | bool | None]]:
    found: list[dict[str, str | bool | None]] = json.loads(capitalise(folder, "doctor", "--json", code=code).stdout)
    return found


@pytest.mark.mediawiki
def test_doctor_on_a_wiki_where_all_is_well(tmp_path: Path, capitalise: Cli, farm: mediawiki.Farm) -> None:
    folder = settings(tmp_path / "kit", mediawiki.address("communs"))
    camille = Person("communs")
    camille.edit("Utilisateur:Robot", "Le robot de Camille.")
    camille.close()
    lines = checks(capitalise, folder, 0)
    said = "\n".join(str(line["message"]) for line in lines)
    for words in (
        f"MediaWiki {mediawiki.version()}",
        "connecté en tant que Robot",
        "Formulaire:",
        "baserevid",
        "ne change rien a été acceptée",
    ):
        assert words in said
    assert not [line for line in lines if line["good"] is False]


@pytest.mark.mediawiki
def test_doctor_tells_a_blocked_address_from_a_blocked_account(
    tmp_path: Path, capitalise: Cli, farm: mediawiki.Farm
) -> None:
    folder = settings(tmp_path / "kit", mediawiki.address("communs"))
    camille, admin = Person("communs"), Person("communs", "Admin")
    camille.edit("Utilisateur:Robot", "Le robot de Camille.")
    admin.act("block", user="127.0.0.1", expiry="1 hour")
    red = [line for line in checks(capitalise, folder, 1) if line["good"] is False]
    assert "pas votre compte" in str(red[0]["message"])
    admin.act("unblock", user="127.0.0.1")
    admin.act("block", user="Robot", expiry="1 hour")
    red = [line for line in checks(capitalise, folder, 1) if line["good"] is False]
    assert "pas votre compte" not in str(red[0]["message"])
    admin.act("unblock", user="Robot")
    camille.close()
    admin.close()


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[str]:
    """A wiki that was closed and kept as pages."""
    place = tmp_path / "web"
    place.mkdir()
    (place / "api.php").write_text("<!doctype html><title>Archive</title>", "utf-8")
    handler = functools.partial(Pages, directory=str(place))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api.php"
        server.shutdown()


class Pages(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".php": "text/html"}  # noqa: RUF012 - as the standard library declares it

    def log_message(self, *_arguments: object) -> None:
        pass


def test_a_wiki_that_closed_is_told_as_such(tmp_path: Path, capitalise: Cli, archive: str) -> None:
    folder = settings(tmp_path / "kit", archive)
    red = [line for line in checks(capitalise, folder, 1) if line["good"] is False]
    assert "archive en lecture seule" in str(red[0]["message"])
    assert "capitalise.toml" in str(red[0]["message"])


@pytest.mark.apart("a person at a terminal")
@pytest.mark.mediawiki
def test_login_tests_what_it_stores(
    tmp_path: Path, capitalise: Cli, farm: mediawiki.Farm, environment: dict[str, str]
) -> None:
    folder = settings(tmp_path / "kit", mediawiki.address("communs"))
    for name in list(environment):
        if name.startswith("CAPITALISE_COMMUNS"):
            del environment[name]
    environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    shown, code = typed(folder, environment, ["login", "communs"], mediawiki.BOT[0], "faux")
    assert code == 1
    assert not list(Path(environment["HOME"]).rglob("credentials.toml"))
    shown, code = typed(folder, environment, ["login", "communs"], *mediawiki.BOT)
    assert code == 0, shown
    assert "BotPasswords" in shown
    assert "Connecté en tant que Robot" in shown
    assert mediawiki.BOT[1] not in shown
    path = next(Path(environment["HOME"]).rglob("credentials.toml"))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "connecté en tant que Robot" in capitalise(folder, "doctor", code=None).stdout


def test_accounts_kept_side_by_side_and_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    keep_credentials("a", Credentials("Nom@x", 'mot "de" passe\\'))
    keep_credentials("b", Credentials("", token="jeton"))
    assert find_credentials("a", {}) == Credentials("Nom@x", 'mot "de" passe\\')
    assert find_credentials("b", {}) == Credentials("", token="jeton")
    assert find_credentials("c", {"CAPITALISE_C_TOKEN": "t"}) == Credentials("", token="t")
    assert "jeton" not in repr(find_credentials("b", {}))
