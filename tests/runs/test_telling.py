"""Whoever looks after a bot hears of it once: by mail through a real SMTP server on this machine, or on a page of the wiki."""

from __future__ import annotations

import email
import email.policy
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from capitalise.errors import WikiError
from capitalise.messages import N_
from capitalise.plans.model import Conflict, Finding, PageChange, Plan, RowRef
from capitalise.runs.apply import PageOutcome, RunReport, Status
from capitalise.runs.notices import Night, Told, Waits, after_sending, night_of, notices
from capitalise.web.mail import MailServer, reach, send
from capitalise.wikis.credentials import Credentials
from tests.conftest import Cli
from tests.place import FolderPlace, Place
from tests.runs.test_unattended import alone, events, night

WEEK = timedelta(days=7)
NOW = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
TALK = "Discussion utilisateur:Camille Exemple"


class Box:
    """What a mail server was handed."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refuses:
            return "451 later"
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture
def folder_kit(tmp_path: Path, capitalise: Cli) -> FolderPlace:
    return FolderPlace(tmp_path / "kit", capitalise)


def allowed(_server: Any, _session: Any, _envelope: Any, _mechanism: str, said: LoginPassword) -> AuthResult:
    return AuthResult(success=said.password == b"geheim", handled=False)


@contextmanager
def listening(kept: Box, **more: Any) -> Iterator[int]:
    """A mail server on a port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    controller = Controller(kept, "127.0.0.1", port, authenticator=allowed, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    kept = Box()
    with listening(kept, auth_require_tls=False) as port:
        yield kept, port


def signed_by_itself(folder: Path) -> ssl.SSLContext:
    """The context of a server whose certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    begun = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=9))
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return context


def mailed(place: FolderPlace | Place, port: int, more: str = "") -> None:
    alone(place, f'tell = ["camille@exemple.org"]\n{more}')
    toml = place.folder / "capitalise.toml"
    mail = f'[mail]\nserver = "127.0.0.1"\nport = {port}\nfrom = "robot@exemple.org"\n'
    toml.write_text(f"{toml.read_text('utf-8')}\n{mail}", "utf-8")


# -- once -------------------------------------------------------------------------------------

WAITS = st.frozensets(st.sampled_from("abcdef"))


@given(st.lists(st.tuples(WAITS, st.booleans(), st.booleans()), max_size=40))
def test_what_waits_too_long_is_told_once_and_never_before_it_is_due(
    nights: list[tuple[frozenset[str], bool, bool]],
) -> None:
    """Nights of things that wait, some ending in a failure, some on which no mail goes out."""
    told, since, heard = Told(), dict[str, datetime](), set[str]()
    for number, (waiting, fails, goes_out) in enumerate(nights):
        at = NOW + number * timedelta(days=1)
        found, told = notices(
            told,
            Night(at, WikiError(N_("x")) if fails else None, {k: Waits(N_(k)) for k in waiting}),
            "b",
            3 * timedelta(days=1),
            timedelta(0),
        )
        if not fails:
            since = {k: since.get(k, at) for k in waiting}
            heard &= waiting
        due = set() if fails else {k for k, first in since.items() if at - first >= timedelta(days=3)} - heard
        said = {line.text for one in found if one.kind == "waits" for line in one.lines[:-1]}
        assert said == due
        if goes_out:
            heard |= said
            for one in found:
                told = after_sending(told, one)


def told_of(errors: list[str], step: timedelta) -> list[list[str]]:
    """The kinds of notices of some runs, "" being one that went well."""
    told, said = Told(), []
    for number, error in enumerate(errors):
        night = Night(NOW + number * step, WikiError(N_(error)) if error else None)
        found, told = notices(told, night, "b", WEEK, timedelta(0))
        said.append([one.kind for one in found])
        for one in found:
            told = after_sending(told, one)
    return said


def test_a_failure_its_end_and_the_next_one() -> None:
    days = told_of(["a", "a", "b", "a", "b", "", "", "a"], timedelta(days=1))
    assert days == [["failed"], [], ["failed"], [], [], ["works"], [], ["failed"]]


def test_a_bot_that_fails_and_works_by_turns_says_so_once_a_day_at_most() -> None:
    hours = told_of(["a", ""] * 24, timedelta(hours=1))
    assert sum(map(len, hours)) == 3


def test_a_clock_that_was_wrong_once_silences_nobody() -> None:
    told, said = Told(), []
    for at in (NOW.replace(year=2099), *(NOW + timedelta(days=n) for n in range(9))):
        found, told = notices(told, Night(at, None, {"a": Waits(N_("a"))}), "b", WEEK, WEEK)
        said += [one.kind for one in found]
        for one in found:
            told = after_sending(told, one)
    assert said == ["waits", "digest"]


def test_two_rows_with_the_same_trouble_are_two_things_and_moving_texts_are_one() -> None:
    rows = [Finding("row-without-title", N_("no title"), at=RowRef("a.ods", number, "")) for number in (5, 9)]
    moving = [Conflict("w", "Page", "Champ", 1, text, "autre") for text in ("un", "deux")]
    nights = [night_of(Plan("b", "r", NOW, findings=tuple(rows), conflicts=(one,)), None, "w", NOW) for one in moving]
    assert len(nights[0].waiting) == 3 and set(nights[0].waiting) == set(nights[1].waiting)


def test_a_page_that_the_wiki_refuses_every_night_waits_too() -> None:
    change = PageChange("w", "Protégée", 1, "a", "b", "s")
    refused = RunReport((PageOutcome(change, 1, Status.SKIPPED, reason=N_("protected")),), 0, ())
    (waits,) = night_of(Plan("b", "r", NOW), refused, "w", NOW).waiting.values()
    assert waits.page == "Protégée"


def test_what_stands_on_another_wiki_or_in_a_sheet_is_not_told_on_a_page() -> None:
    found = [Finding("x", N_("%(words)s", words="un mot privé"), wiki, "Page") for wiki in ("w", "autre")]
    found.append(Finding("x", N_("un mot privé"), "", "Une ligne", at=RowRef("a.ods", 3, "Une ligne")))
    night = night_of(Plan("b", "r", NOW, findings=tuple(found)), None, "w", NOW)
    (notice,), _told = notices(Told(), night, "b", timedelta(0), timedelta(0))
    assert "un mot privé" not in str(notice.public) and "un mot privé" in str(notice.lines)
    assert str(notice.public).count("Page") == 1 and "Une ligne" not in str(notice.public)
    (failed,), _told = notices(Told(), Night(NOW, WikiError(N_("%(words)s", words="un mot privé"))), "b", WEEK, WEEK)
    assert "un mot privé" not in str(failed.public)


def test_a_digest_comes_once_a_week_with_what_was_written() -> None:
    told, said = Told(), []
    for day in range(16):
        found, told = notices(told, Night(NOW + timedelta(days=day), None, {}, 2), "b", WEEK, WEEK)
        for one in found:
            said.append((day, one.lines[0].count))
            told = after_sending(told, one)
    assert said == [(7, 16), (14, 14)]


def a_day_passes(place: FolderPlace | Place) -> None:
    path = place.folder / ".capitalise" / "told.json"
    kept = json.loads(path.read_text("utf-8"))
    for told in kept["ingredients"].values():
        told["last"] = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    path.write_text(json.dumps(kept), "utf-8")


# -- by mail ----------------------------------------------------------------------------------


def test_a_failure_is_mailed_once_and_its_end_too(folder_kit: FolderPlace, box: tuple[Box, int]) -> None:
    folder_kit.run()
    mailed(folder_kit, box[1])
    sheet = folder_kit.folder / "ingredients.csv"
    kept = sheet.read_bytes()
    sheet.unlink()
    night(folder_kit, code=1)
    a_day_passes(folder_kit)
    night(folder_kit, code=1)
    sheet.write_bytes(kept)
    night(folder_kit, code=0)
    night(folder_kit, code=0)
    assert [m["Subject"] for m in box[0].mails] == [
        "Le robot « ingredients » s'est arrêté",
        "Le robot « ingredients » remarche",
    ]
    first = box[0].mails[0]
    assert first["To"] == "camille@exemple.org" and first["Auto-Submitted"] == "auto-generated"
    assert "ingredients.csv" in first.get_content()


def test_a_mail_that_was_not_taken_goes_out_another_night(folder_kit: FolderPlace, box: tuple[Box, int]) -> None:
    folder_kit.run()
    mailed(folder_kit, box[1])
    (folder_kit.folder / "ingredients.csv").unlink()
    box[0].refuses = True
    lines = night(folder_kit, code=1)
    assert "camille@exemple.org" in events(lines, "tell")[0]["why"]
    box[0].refuses = False
    assert events(night(folder_kit, code=1), "tell") == []
    assert len(box[0].mails) == 1


def test_a_password_goes_over_tls_or_to_this_machine_only(box: tuple[Box, int]) -> None:
    there = MailServer("127.0.0.1", box[1], "robot@exemple.org")
    reach(there, Credentials("robot", "geheim"))
    with pytest.raises(WikiError, match="refuses the name or the password"):
        reach(there, Credentials("robot", "falsch"))
    assert box[0].mails == []


def test_a_certificate_that_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    kept = Box()
    # a name of this machine that does not look like one
    with listening(kept, tls_context=signed_by_itself(tmp_path)) as port, pytest.raises(WikiError, match="certificate"):
        reach(MailServer("2130706433", port, "robot@exemple.org"), Credentials("robot", "geheim"))


def test_an_address_or_a_subject_cannot_become_more_headers(box: tuple[Box, int]) -> None:
    there = MailServer("127.0.0.1", box[1], "robot@exemple.org")
    send(there, None, "camille@exemple.org", "Un\r\nBcc: autre@exemple.org", "Texte\n.\nsuite", NOW)
    (mail,) = box[0].mails
    assert "Bcc" not in mail and mail.get_content().splitlines() == ["Texte", ".", "suite"]
    send(there, None, "camille@exemple.org", "Un", "Texte", NOW)
    assert len({m["Message-ID"] for m in box[0].mails}) == 2  # the same words months later are another mail


def test_a_mail_server_that_is_not_there_is_one_sentence(folder_kit: FolderPlace) -> None:
    mailed(folder_kit, 1)
    said = folder_kit.cli(folder_kit.folder, "doctor", code=1)
    assert "127.0.0.1" in said.stdout + said.stderr and "Traceback" not in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('tell = ["camille@exemple.org"]', "[mail]"),
        ('tell = ["camille@"]', "camille@"),
        ('tell = ["a@b.org\\nBcc: c@d.org"]', "tell"),
        ("tell = [3]", "3"),
        ('tell = "camille@exemple.org"', "tell"),
    ],
)
def test_what_cannot_be_told_is_said_at_once(folder_kit: FolderPlace, lines: str, words: str) -> None:
    alone(folder_kit, lines)
    said = folder_kit.cli(folder_kit.folder, "plan", "ingredients", code=2)
    assert words in said.stderr


# -- on the wiki ------------------------------------------------------------------------------


def test_what_waits_is_told_on_a_talk_page_under_what_people_wrote_there(place: Place) -> None:
    alone(place, f'tell = ["{TALK}"]\ntell_after_days = 0.0000001')
    place.edit(TALK, "Bonjour !\n\n== Autre chose ==\nÀ demain. {{nul}}")
    place.run()
    place.type("Décrire les rôles", Description="de la feuille")
    place.edit("Décrire les rôles", "{{Ingrédient\n|étape=3 - Poser les règles\n|description=du wiki\n}}")
    night(place, code=3)
    night(place, code=3)
    night(place, code=3)
    text = place.text(TALK)
    assert text.startswith("Bonjour !\n\n== Autre chose ==\nÀ demain. {{nul}}\n\n== Le robot «\u00a0ingredients\u00a0»")
    assert text.count("== Le robot") == text.count("Décrire les rôles, Description") == 1
    kept = json.loads((place.folder / ".capitalise" / "told.json").read_text("utf-8"))
    assert list(kept["ingredients"]) == [TALK]


@pytest.mark.parametrize("title", ["Utilisateur:capitalise/Stop", "utilisateur:Capitalise/stop"])
def test_the_page_that_stops_the_bot_is_never_written_to(folder_kit: FolderPlace, title: str) -> None:
    folder_kit.run()
    alone(folder_kit, f'tell = ["{title}"]')
    (folder_kit.folder / "ingredients.csv").unlink()
    assert events(night(folder_kit, code=1), "tell")
    assert folder_kit.text("Utilisateur:capitalise/Stop") == ""


@pytest.mark.parametrize("kept", ["{", '{"ingredients": {"camille@exemple.org": {"written": null}}}', "[" * 100_000])
def test_a_damaged_memory_tells_twice_rather_than_never(
    folder_kit: FolderPlace, box: tuple[Box, int], kept: str
) -> None:
    folder_kit.run()
    mailed(folder_kit, box[1])
    (folder_kit.folder / "ingredients.csv").unlink()
    (folder_kit.folder / ".capitalise").mkdir(exist_ok=True)
    (folder_kit.folder / ".capitalise" / "told.json").write_text(kept, "utf-8")
    night(folder_kit, code=1)
    assert len(box[0].mails) == 1


def test_a_section_is_not_put_where_nobody_sees_it(folder_kit: FolderPlace) -> None:
    folder_kit.run()
    alone(folder_kit, f'tell = ["{TALK}"]')
    folder_kit.edit(TALK, "Bonjour <!-- pas fermé")
    (folder_kit.folder / "ingredients.csv").unlink()
    assert "commentaire" in events(night(folder_kit, code=1), "tell")[0]["why"]
    assert folder_kit.text(TALK) == "Bonjour <!-- pas fermé"
    folder_kit.edit(TALK, "Bonjour <!-- <nowiki> --> à vous")
    assert events(night(folder_kit, code=1), "tell") == []
    assert "s'est arrêté" in folder_kit.text(TALK)
