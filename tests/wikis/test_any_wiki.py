"""Wikis as they are: for members only, behind a web server's password, at addresses that people copied, and things that are no wiki at all."""

from __future__ import annotations

import base64
import csv
import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from capitalise.wikis.elsewhere import find_api
from capitalise.wikis.refusals import in_one_form
from tests.conftest import Cli
from tests.mediawiki import farm as mediawiki
from tests.people import Person
from tests.place import PAGES as PAGES_OF_KIT

CREDENTIALS = {"CAPITALISE_COMMUNS_USER": "", "CAPITALISE_COMMUNS_PASSWORD": ""}


def workspace(folder: Path, api: str, more: str = "") -> Path:
    (folder / "bots").mkdir(parents=True)
    (folder / "capitalise.toml").write_text(
        f'contact = "tests"\n[wikis.communs]\napi = "{api}"\nedit_interval = 0\n{more}', "utf-8"
    )
    (folder / "bots" / "ingredients.toml").write_text(
        'kind = "ingredients"\nwiki = "communs"\nform = "Ingrédient"\nsheet = "ingredients.csv"\n', "utf-8"
    )
    return folder


# -- for members only --------------------------------------------------------------------------------


@pytest.fixture
def private(farm: mediawiki.Farm) -> Iterator[mediawiki.Farm]:
    camille = Person("communs")
    from tests.place import PAGES

    for title, text in PAGES.items():
        if "Ingrédient" in title or "Choisir" in title:
            camille.edit(title, text)
    camille.close()
    farm.trouble("communs", private=True)
    yield farm
    farm.trouble("communs")


@pytest.mark.mediawiki
def test_a_wiki_for_members_is_used_by_a_member(private: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> None:
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    done = capitalise(folder, "run", "ingredients", "--yes")
    assert "Choisir une licence" in (folder / "ingredients.csv").read_text("utf-8-sig") and done.returncode == 0
    assert capitalise(folder, "plan", "ingredients").returncode == 0  # with the session that was kept
    for file in Path(tmp_path).rglob("session-*"):
        file.write_text("[]", "utf-8")
    assert capitalise(folder, "plan", "ingredients").returncode == 0  # a session that ended between two nights
    said = capitalise(folder, "doctor", "--json", code=None).stdout
    assert "Robot" in said


@pytest.mark.mediawiki
def test_a_wiki_for_members_says_what_to_type(
    private: mediawiki.Farm, tmp_path: Path, capitalise: Cli, environment: dict[str, str]
) -> None:
    environment.update(CREDENTIALS)
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    for command in (["plan", "ingredients"], ["status"]):
        said = capitalise(folder, *command, code=1).stderr
        assert "login communs" in said and "membres" in said
    assert "login communs" in capitalise(folder, "doctor", code=1).stdout
    asked = capitalise(folder, "login", "communs", "--user", "Robot@capitalise", code=None).stdout
    assert "BotPasswords" in asked
    said = capitalise(
        tmp_path, "init", str(tmp_path / "x"), "--contact", "tests", "--wiki", mediawiki.address("communs"), code=1
    ).stderr
    assert "membres" in said


# -- behind a web server's password, at another address -------------------------------------------------


class Before:
    """A server before the wiki: what it answers is said by a function; None hands the request on."""

    def __init__(
        self, wiki: str, answers: Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str], bytes] | None]
    ) -> None:
        self.count = 0
        before = self
        origin = wiki.split("/w/", maxsplit=1)[0]

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                before.count += 1
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.body = body
                said = answers(self)
                if said is None:
                    headers = {
                        k: v
                        for k, v in self.headers.items()
                        if k.lower() not in ("host", "authorization", "accept-encoding", "connection")
                    }
                    with urlopen(Request(origin + self.path, body or None, headers)) as answer:
                        said = answer.status, dict(answer.headers), answer.read()
                status, sent, data = said
                self.send_response(status)
                for name, value in sent.items():
                    if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_GET  # noqa: N815

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


Answers = Callable[[BaseHTTPRequestHandler], "tuple[int, dict[str, str], bytes] | None"]
Served = Callable[[Answers], Before]


@pytest.fixture
def served(farm: mediawiki.Farm) -> Iterator[Served]:
    made: list[Before] = []

    def serve(answers: Answers) -> Before:
        made.append(Before(mediawiki.address("communs"), answers))
        return made[-1]

    yield serve
    for one in made:
        one.close()


@pytest.mark.mediawiki
def test_a_wiki_behind_a_web_servers_password(
    served: Served, tmp_path: Path, capitalise: Cli, environment: dict[str, str]
) -> None:
    wanted = "Basic " + base64.b64encode("équipe:sésame".encode()).decode()

    def answers(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes] | None:
        if request.headers.get("Authorization") == wanted:
            return None
        return (
            401,
            {"WWW-Authenticate": "Basic", "Content-Type": "text/html"},
            b"<title>401 Authorization Required</title>",
        )

    api = f"{served(answers).address}/w/api.php"
    folder = workspace(tmp_path / "a", api)
    said = capitalise(folder, "plan", "ingredients", code=1).stderr
    assert "http_user" in said and "401 Authorization Required" in said
    folder = workspace(tmp_path / "b", api, 'http_user = "équipe"\n')
    said = capitalise(folder, "plan", "ingredients", code=2).stderr
    assert "CAPITALISE_COMMUNS_HTTP_PASSWORD" in said
    environment["CAPITALISE_COMMUNS_HTTP_PASSWORD"] = "sésame"
    assert "connecté" in capitalise(folder, "doctor", code=None).stdout.lower()


@pytest.mark.mediawiki
@pytest.mark.parametrize(
    "path", ["", "/", "/wiki/Accueil", "/w/index.php?title=Accueil&action=history", "/w/index.php"]
)
def test_any_address_of_a_wiki_serves(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli, path: str) -> None:
    farm.trouble("communs", main=True)
    root = mediawiki.address("communs").split("/w/")[0]
    if path in ("", "/"):
        path = "/wiki/"
    folder = workspace(tmp_path / "kit", f"{root}{path}")
    said = capitalise(folder, "doctor", code=None).stdout
    assert f'api = "{mediawiki.address("communs")}"' in said
    assert find_api(f"{root}{path}", "tests") == mediawiki.address("communs")


@pytest.mark.mediawiki
def test_an_address_that_leads_on_within_one_machine_is_read_and_named(
    served: Served, tmp_path: Path, capitalise: Cli, environment: dict[str, str]
) -> None:
    environment.update(CREDENTIALS)  # what is posted is refused with the same line

    def answers(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes] | None:
        query = request.path.partition("?")[2]
        return (301, {"Location": f"/w/api.php?{query}"}, b"") if request.path.startswith("/api.php") else None

    place = served(answers).address
    folder = workspace(tmp_path / "kit", f"{place}/api.php")
    said = capitalise(folder, "doctor", code=None).stdout
    assert f'api = "{place}/w/api.php"' in said


@pytest.mark.mediawiki
def test_a_form_that_may_not_be_read_is_no_missing_form(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> None:
    form = "Formulaire:Ingrédient"
    Person("communs").edit(form, PAGES_OF_KIT[form])
    farm.trouble("communs", hidden=form)
    said = capitalise(
        workspace(tmp_path / "kit", mediawiki.address("communs")), "plan", "ingredients", code=None
    ).stderr
    assert form in said and "aucun formulaire" not in said and "pas de formulaire" not in said, said


# -- something else answers --------------------------------------------------------------------------------

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGES = {
    "a check for robots": (
        200,
        HTML,
        "<html><title>Un instant…</title><body>Vérification</body></html>",
        "Un instant…",
    ),
    "a refusal": (403, HTML, "<html><head><title>403 Forbidden</title></head></html>", "403 Forbidden"),
    "a filter": (406, HTML, "<h1>Not Acceptable!</h1><p>mod_security</p>", "Not Acceptable!"),
    "too large": (413, HTML, "<title>413 Request Entity Too Large</title>", "413 Request Entity Too Large"),
    "an error page": (500, HTML, "<title>Erreur interne</title>", "HTTP 500"),
    "a moved wiki": (404, HTML, "<title>Page introuvable</title>", "Page introuvable"),
    "a network's login": (511, HTML, "<title>Wi-Fi de la médiathèque</title>", "Wi-Fi de la médiathèque"),
    "plain words": (403, {"Content-Type": "text/plain"}, "Access denied by policy 7", "Access denied by policy 7"),
}


@pytest.mark.mediawiki
@pytest.mark.parametrize("kind", PAGES)
def test_what_is_no_wiki_is_named_in_one_sentence_at_once(
    served: Served, tmp_path: Path, capitalise: Cli, kind: str
) -> None:
    status, headers, page, said = PAGES[kind]
    place = served(lambda request: (status, headers, page.encode()))
    folder = workspace(tmp_path / "kit", f"{place.address}/w/api.php")
    begun = time.monotonic()
    shown = capitalise(folder, "plan", "ingredients", code=1).stderr
    assert time.monotonic() - begun < 3
    assert said in shown and len(shown.strip().splitlines()) == 1, shown


@pytest.mark.mediawiki
def test_notices_before_the_answer_do_not_matter(served: Served, tmp_path: Path, capitalise: Cli) -> None:
    origin = mediawiki.address("communs").split("/w/")[0]

    def answers(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes] | None:
        body = getattr(request, "body", b"")
        headers = {
            "Content-Type": request.headers.get("Content-Type") or "text/plain",
            "Cookie": request.headers.get("Cookie") or "",
        }
        with urlopen(Request(origin + request.path, body or None, headers)) as answer:
            data, sent = answer.read(), {k: v for k, v in answer.headers.items() if k in ("Content-Type", "Set-Cookie")}
        return 200, sent, b"\xef\xbb\xbf<br />\n<b>Notice</b>: Undefined index in x.php on line 3<br />\n" + data

    folder = workspace(tmp_path / "kit", f"{served(answers).address}/w/api.php")
    assert "MediaWiki" in capitalise(folder, "doctor", code=None).stdout


@pytest.mark.mediawiki
def test_an_edit_that_the_web_server_refuses_is_said_at_once_and_the_others_are_made(
    served: Served, tmp_path: Path, capitalise: Cli
) -> None:
    camille = Person("communs")
    from tests.place import PAGES as KIT

    for title, text in KIT.items():
        if "Ingrédient" in title:
            camille.edit(title, text)

    def answers(request: BaseHTTPRequestHandler) -> tuple[int, dict[str, str], bytes] | None:
        body = getattr(request, "body", b"")
        if b"action=edit" in body and b"select" in body.lower():
            return 406, HTML, b"<title>Not Acceptable!</title>"
        return None

    folder = workspace(tmp_path / "kit", f"{served(answers).address}/w/api.php")
    (folder / "ingredients.csv").write_text(
        "Titre;Description\nUn;On peut select * from ici.\nDeux;Rien de tel.\n", "utf-8-sig"
    )
    begun = time.monotonic()
    done = capitalise(folder, "run", "ingredients", "--yes", "--json", code=3)
    assert time.monotonic() - begun < 20
    status = {one["title"]: one.get("status") for one in json.loads(done.stdout)["changes"] if one["wiki"]}
    assert status == {"Un": "skipped", "Deux": "done"}
    assert camille.text("Deux") and not camille.text("Un")
    camille.close()


# -- whose fault ----------------------------------------------------------------------------------------------


@pytest.mark.mediawiki
def test_doctor_says_who_is_blocked_by_whom_and_until_when(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    admin = Person("communs", "Admin")
    admin.act("block", user="Robot", reason="Trop vite, voir la page de discussion", expiry="2 weeks")
    admin.close()
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    said = capitalise(folder, "doctor", code=1).stdout
    assert "bloqué par Admin" in said and "Trop vite" in said and "jusqu'au" in said


@pytest.mark.mediawiki
def test_doctor_says_that_the_address_of_this_machine_is_blocked(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    admin = Person("communs", "Admin")
    admin.act("block", user="127.0.0.0/16", reason="Serveurs loués", expiry="1 month")
    admin.close()
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    said = capitalise(folder, "doctor", code=1).stdout
    assert "pas votre compte" in said and "127.0.0.0/16" in said and "Serveurs loués" in said


@pytest.mark.mediawiki
def test_doctor_wants_a_bot_password(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli, environment: dict[str, str]
) -> None:
    environment.update(
        {"CAPITALISE_COMMUNS_USER": "Camille", "CAPITALISE_COMMUNS_PASSWORD": mediawiki.PEOPLE["Camille"]}
    )
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    said = capitalise(folder, "doctor", code=1).stdout
    assert "Nom@étiquette" in said or "Name@label" in said


# -- the wiki's own words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "codes"),
    [
        (
            {"error": {"code": "a", "info": "b", "readonlyreason": "c"}},
            {"code": "a", "info": "b", "readonlyreason": "c"},
            [],
        ),
        (
            {"errors": [{"code": "a", "text": "b", "data": {"blockinfo": {"x": 1}}}]},
            {"code": "a", "info": "b", "blockinfo": {"x": 1}},
            [],
        ),
        ({"errors": [{"code": "a", "html": "b", "data": ["x"]}, {"code": "z"}]}, {"code": "a", "info": "b"}, []),
        ({"warnings": {"main": {"warnings": "Unrecognized parameter: x."}}}, None, ["unrecognizedparams"]),
        (
            {"warnings": [{"code": "unrecognizedparams", "text": "Paramètre inconnu", "module": "main"}]},
            None,
            ["unrecognizedparams"],
        ),
        ({"errors": []}, None, []),
    ],
)
def test_errors_and_warnings_of_any_version_are_read_alike(
    answer: dict[str, object], error: dict[str, object] | None, codes: list[str]
) -> None:
    """Hand-written answers, as ApiErrorFormatter makes them."""
    read = in_one_form(answer)
    assert read.get("error") == error
    warnings = read.get("warnings", {})
    assert [code for module in warnings.values() for code in module["codes"]] == codes


@pytest.mark.mediawiki
def test_a_refusal_is_said_in_the_users_language_with_a_next_step(
    farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    admin = Person("communs", "Admin")
    from tests.place import PAGES as KIT

    for title, text in KIT.items():
        if "Ingrédient" in title or title == "Choisir une licence":
            admin.edit(title, text)
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    capitalise(folder, "run", "ingredients", "--yes", code=None)
    admin.act("protect", title="Choisir une licence", protections="edit=sysop", expiry="never", reason="essai")
    sheet = folder / "ingredients.csv"
    text = sheet.read_text("utf-8-sig")
    sheet.write_text(text.replace("Libre, partagée", "Ouverte, partagée"), "utf-8-sig")
    said = capitalise(folder, "run", "ingredients", "--yes", code=3)
    assert "protégée" in said.stdout + said.stderr and "skip" in said.stdout + said.stderr
    admin.close()


# -- titles as the wiki spells them -------------------------------------------------------------------------------

TITLES = {
    "aide:lire": "Aide:Lire",
    "Talk:English": "Discussion:English",
    "user:Camille/Essai": "Utilisateur:Camille/Essai",
    "Utilisateur:camille/x": "Utilisateur:Camille/x",
    "category:outils": "Catégorie:Outils",
    "Project:essai": "Les communs:Essai",
    "ŉ test": "ʼN test",
    "\u200eDébut": "Début",
    "x\u200fy": "Xy",
    "Non\u00a0coupé": "Non coupé",
    "Deux  blancs_là": "Deux blancs là",
    "E\u0301te\u0301": "Été",
    ":Truc": "Truc",
    "a:b": "A:b",
    "é" * 127: "É" + "é" * 126,
}
#: Letters that are two when they are capitals: before 1.43, and since.
FIRST_LETTERS = (
    {"ßtraße": "SStraße", "ﬁn de mois": "FIn de mois"},
    {"ßtraße": "Sstraße", "ﬁn de mois": "Fin de mois"},
)


@pytest.fixture
def form(farm: mediawiki.Farm) -> Iterator[Person]:
    camille = Person("communs")
    for title, text in PAGES_OF_KIT.items():
        if "Ingrédient" in title and ":" in title:
            camille.edit(title, text)
    yield camille
    camille.close()
    farm.trouble("communs")


def lines(folder: Path) -> list[list[str]]:
    text = (folder / "ingredients.csv").read_text("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def save(folder: Path, rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    (folder / "ingredients.csv").write_text(out.getvalue(), "utf-8-sig", newline="")


@pytest.mark.mediawiki
def test_titles_are_what_the_wiki_says_they_are(form: Person, tmp_path: Path, capitalise: Cli) -> None:
    spelled = {**TITLES, **FIRST_LETTERS[mediawiki.version() >= "1.43"]}
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    save(folder, [["Titre", "Description"], *([title, f"Texte {n}."] for n, title in enumerate(spelled))])
    capitalise(folder, "run", "ingredients", "--yes", code=None)
    assert json.loads(capitalise(folder, "plan", "ingredients", "--json", code=None).stdout)["changes"] == []
    head, *rows = lines(folder)
    assert {row[0]: row[head.index("page")] for row in rows} == spelled
    for row in rows:
        row[1] += " Et la feuille."
    save(folder, [head, *rows])
    capitalise(folder, "run", "ingredients", "--yes", code=None)
    assert all("Et la feuille." in form.text(title) for title in spelled.values())
    form.edit("Aide:Lire", form.text("Aide:Lire").replace("Et la feuille", "Et le wiki"))
    capitalise(folder, "run", "ingredients", "--yes", "--page", "help:lire", code=None)
    assert next(row for row in lines(folder) if row[0] == "aide:lire")[1].endswith("Et le wiki.")


@pytest.mark.mediawiki
def test_two_pages_that_differ_by_a_capital_are_two(
    form: Person, farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli
) -> None:
    farm.trouble("communs", small=True)
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    for title, text in (("budget", "Petit."), ("Budget", "Grand.")):
        form.edit(title, f"{{{{Ingrédient\n|description={text}\n}}}}")
    save(folder, [["Titre", "Description"], ["budget", "Petit."], ["Budget", "Grand."]])
    capitalise(folder, "run", "ingredients", "--yes", code=None)
    assert "Petit." in form.text("budget") and "Grand." in form.text("Budget")
    assert json.loads(capitalise(folder, "plan", "ingredients", "--json", code=None).stdout)["changes"] == []
    form.edit("budget", form.text("budget").replace("Petit", "Tout petit"))
    capitalise(folder, "run", "ingredients", "--yes", code=None)
    assert [row[1] for row in lines(folder)[1:]] == ["Tout petit.", "Grand."]


@pytest.mark.mediawiki
def test_what_the_wiki_refuses_for_good_is_not_tried_every_night(form: Person, tmp_path: Path, capitalise: Cli) -> None:
    folder = workspace(tmp_path / "kit", mediawiki.address("communs"))
    save(folder, [["Titre", "Description"], ["MediaWiki:Common.css", "Non."]])
    plan = json.loads(capitalise(folder, "plan", "ingredients", "--json", code=3).stdout)
    assert plan["changes"] == [] and "cannot-edit" in [one["rule"] for one in plan["findings"]]
