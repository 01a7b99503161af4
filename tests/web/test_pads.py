"""Notes fetched from the address that the browser shows; servers of this machine play Etherpad, HedgeDoc, Nextcloud and the rest."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from capitalise.errors import SheetError
from capitalise.messages import render
from capitalise.web.pads import export_addresses, fetch_pad
from tests.conftest import Cli
from tests.reports import Shelf

Answers = dict[str, tuple[int, dict[str, str], bytes]]


class Server:
    """A web server whose answers a test writes; what was asked stands in `asked`."""

    def __init__(self) -> None:
        self.answers: Answers = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                status, headers, body = outer.answers.get(self.path, (404, {}, b"gone"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.http.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


def why(server: Server, path: str, language: str = "fr") -> str:
    with pytest.raises(SheetError) as caught:
        fetch_pad(server.address + path, "tests", private=True)
    return render(caught.value.message, language)


HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("address", "export"),
    [
        (
            "https://docs.google.com/document/d/1AbC-d_e/edit?usp=sharing#heading=h.1",
            "https://docs.google.com/document/d/1AbC-d_e/export?format=docx",
        ),
        (
            "https://docs.google.com/document/u/0/d/1AbC/edit",
            "https://docs.google.com/document/d/1AbC/export?format=docx",
        ),
        ("https://annuel.exemple.invalid/p/mon-pad?lang=fr", "https://annuel.exemple.invalid/p/mon-pad/export/txt"),
        ("https://exemple.invalid/pads/p/mon-pad/timeslider#5", "https://exemple.invalid/pads/p/mon-pad/export/txt"),
        ("https://hedgedoc.exemple.invalid/a1B2_c3?both", "https://hedgedoc.exemple.invalid/a1B2_c3/download"),
        ("https://md.exemple.invalid/s/a1B2-c3", "https://md.exemple.invalid/s/a1B2-c3/download"),
        ("https://nuage.exemple.invalid/index.php/s/aZ09/", "https://nuage.exemple.invalid/index.php/s/aZ09/download"),
        ("https://exemple.invalid/notes/atelier.md", "https://exemple.invalid/notes/atelier.md"),
    ],
)
def test_the_address_of_the_browser_becomes_that_of_the_export(address: str, export: str) -> None:
    assert next(export_addresses(address)) == export


def test_an_etherpad_gives_its_text(server: Server) -> None:
    server.answers["/p/atelier/export/txt"] = (200, {"Content-Type": "text/plain"}, "Un mot d'été".encode())
    pad = fetch_pad(f"{server.address}/p/atelier?showChat=false", "tests", private=True)
    assert (pad.data.decode(), pad.ending) == ("Un mot d'été", ".txt")


def test_a_hedgedoc_note_is_downloaded_and_a_plain_file_is_taken_as_it_is(server: Server) -> None:
    server.answers["/a1B2c3/download"] = (200, {"Content-Type": "text/markdown"}, b"# Notes")
    assert fetch_pad(f"{server.address}/a1B2c3?edit", "tests", private=True).ending == ".md"
    server.answers["/notes.txt"] = (200, {"Content-Type": "text/plain"}, b"Notes")
    assert fetch_pad(f"{server.address}/notes.txt", "tests", private=True).data == b"Notes"


def test_documents_are_known_by_their_first_bytes(server: Server) -> None:
    for ending, name in ((".docx", "word/document.xml"), (".odt", "mimetype")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(name, "application/vnd.oasis.opendocument.text" if ending == ".odt" else "<w:document/>")
        server.answers["/s/abc/download"] = (200, {}, out.getvalue())
        assert fetch_pad(f"{server.address}/s/abc", "tests", private=True).ending == ending


def test_what_cannot_be_had_is_one_sentence_that_says_what_to_do(server: Server) -> None:
    server.answers |= {
        "/p/login/export/txt": (200, HTML, b"<!DOCTYPE html><form>Connexion"),
        "/p/big/export/txt": (200, {}, b"x" * (5 * 1024 * 1024)),
        "/p/shut/export/txt": (403, HTML, b"<html>"),
        "/p/pdf/export/txt": (200, {}, b"%PDF-1.7"),
        "/p/zip/export/txt": (200, {}, b"PK\x03\x04 photos.zip"),
        "/p/away/export/txt": (302, {"Location": "https://ailleurs.invalid/x"}, b""),
        "/p/auth/export/txt": (302, {"Location": "/login?next=/p/auth"}, b""),
        "/p/loop/export/txt": (302, {"Location": "/p/loop/export/txt"}, b""),
        "/p/latin/export/txt": (200, {}, "été".encode("latin-1")),
        "/p/down/export/txt": (503, {}, b""),
    }
    assert "exportez à la main" in why(server, "/p/login")
    assert "exportez à la main" in why(server, "/p/shut")
    assert "exportez à la main" in why(server, "/p/auth")
    assert "5 Mo" in why(server, "/p/big")
    assert "PDF" in why(server, "/p/pdf")
    assert "dossier compressé" in why(server, "/p/zip")
    assert "ailleurs.invalid" in why(server, "/p/away")
    assert "n'existe plus" in why(server, "/p/gone")
    assert "UTF-8" in why(server, "/p/latin")
    assert "503" in why(server, "/p/down")
    assert "3xx" in why(server, "/p/loop")


def test_an_encrypted_pad_is_not_asked_for() -> None:
    with pytest.raises(SheetError) as caught:
        fetch_pad("https://cryptpad.exemple.invalid/pad/#/2/pad/edit/a1B2c3/", "tests")
    assert "Exporter" in render(caught.value.message, "fr")


def test_a_machine_inside_is_asked_only_where_the_bots_toml_says_so(server: Server) -> None:
    server.answers["/p/x/export/txt"] = (200, {}, b"secret")
    with pytest.raises(SheetError) as caught:
        fetch_pad(f"{server.address}/p/x", "tests")
    assert "pads_private" in render(caught.value.message, "fr")
    assert server.asked == []


# -- the command ----------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path, capitalise: Cli, server: Server) -> Shelf:
    made = Shelf(tmp_path / "kit", capitalise)
    made.settings(pads_private=True)
    sheet = made.file("2017/event.csv")
    sheet.write_text(sheet.read_text("utf-8").replace("https://pad.exemple.invalid", server.address), "utf-8")
    return made


def test_each_copy_is_kept_and_the_last_one_with_words_serves(shelf: Shelf, server: Server) -> None:
    server.answers["/p/budget/export/txt"] = (200, {}, b"Premier compte rendu, assez long pour compter.")
    assert "✓ Un budget sans chef" in shelf.roumics("fetch", "2017")
    assert "comme avant" in shelf.roumics("fetch", "2017")
    copies = list(shelf.file("2017/pads").rglob("*.txt"))
    assert len(copies) == 1
    shelf.run()
    page = "ROUMICS 2017 - Un budget sans chef"
    assert "Premier compte rendu" in shelf.text(page)

    server.answers["/p/budget/export/txt"] = (200, {}, b"   \n")
    assert "ne contient rien" in shelf.roumics("fetch", "2017", code=3)
    server.answers["/p/budget/export/txt"] = (404, {}, b"")
    assert "continue de servir" in shelf.roumics("fetch", "2017", code=3)
    assert shelf.run()["changes"] == []
    server.answers["/p/budget/export/txt"] = (200, {}, b"Court.")
    assert "plus de la moitié" in shelf.roumics("fetch", "2017")
    assert len(list(shelf.file("2017/pads").rglob("*.txt"))) == 2


def test_notes_that_vanish_from_the_folder_leave_the_wiki_as_it_is(shelf: Shelf, server: Server) -> None:
    server.answers["/p/budget/export/txt"] = (200, {}, "Décision : on partage le four".encode())
    shelf.roumics("fetch", "2017")
    shelf.run()
    assert "on partage le four" in shelf.text("ROUMICS 2017")
    for path in shelf.file("2017/pads").rglob("*.txt"):
        path.unlink()
    done = shelf.run(code=3)
    assert done["changes"] == []
    assert "on partage le four" in shelf.text("ROUMICS 2017")
    assert any(f["rule"] == "notes" for f in done["findings"])
