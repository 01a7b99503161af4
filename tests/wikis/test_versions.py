"""What other versions of MediaWiki answer. Read, not run: these answers are hand-written after MediaWiki's sources and API documentation; the two
versions that are run stand in tests/mediawiki."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from capitalise.bots.crosslinks.anchors import ids_in
from capitalise.errors import Skip
from capitalise.runs.etiquette import stay_away
from capitalise.wikis.parsing import head_of, revisions_of
from capitalise.wikis.refusals import in_one_form


def answer(**revision: Any) -> dict[str, Any]:
    given = {"revid": 7, "parentid": 6, "timestamp": "2026-11-29T10:00:00Z", "comment": "mot", **revision}
    return {"pages": [{"pageid": 1, "ns": 0, "title": "Page", "lastrevid": 7, "revisions": [given]}]}


def text(words: str) -> dict[str, Any]:
    return {"main": {"contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": words}}


def test_texts_without_a_sha1_are_not_taken_for_one() -> None:
    """A wiki that keeps none any more, or did not yet (before 1.19)."""
    (one,) = revisions_of(answer(user="Camille", slots=text("un")))
    (two,) = revisions_of(answer(user="Camille", slots=text("deux")))
    assert one.sha1 and two.sha1 and one.sha1 != two.sha1


def test_a_hidden_text_and_a_hidden_name_are_nobodys() -> None:
    """Revision deletion: `userhidden` comes without `user`, `texthidden` without `content`, `sha1hidden` without `sha1`."""
    hidden = {"contentmodel": "wikitext", "contentformat": "text/x-wiki", "texthidden": True}
    (one,) = revisions_of(answer(userhidden=True, commenthidden=True, sha1hidden=True, slots={"main": hidden}))
    assert (one.user, one.text, one.sha1) == ("", None, "")
    head = head_of(answer(userhidden=True, sha1hidden=True)["pages"][0])
    assert (head.revision, head.user, head.sha1) == (7, "", "")


@pytest.mark.parametrize("name", [{"user": "~2026-12345-67", "temp": True}, {"userhidden": True}])
def test_a_page_that_a_temporary_or_hidden_account_just_edited_is_left_alone(name: dict[str, Any]) -> None:
    """Since 1.42 wikis may give people who are not logged in a name as `~2026-12345-67`: people all the same."""
    head = head_of(answer(**name)["pages"][0])
    assert head.at is not None
    with pytest.raises(Skip):
        stay_away(head, "Robot", head.at + timedelta(minutes=1), timedelta(minutes=10))


@pytest.mark.parametrize(
    "said",
    [
        {"error": {"code": "protectedpage", "info": "Protégée."}},  # errorformat=bc, all versions
        {"errors": [{"code": "protectedpage", "text": "Protégée.", "module": "edit"}]},  # errorformat=plaintext
        {"errors": [{"code": "protectedpage", "html": "<b>Protégée.</b>", "module": "edit"}]},
    ],
)
def test_every_form_of_an_error_is_read(said: dict[str, Any]) -> None:
    error = in_one_form(said)["error"]
    assert error["code"] == "protectedpage" and "Protégée" in error["info"]


@pytest.mark.parametrize(
    "html",
    [
        '<h2><span class="mw-headline" id="Définir">Définir</span></h2>',  # before 1.44
        '<h2><span id="D.C3.A9finir"></span><span class="mw-headline" id="Définir">Définir</span></h2>',
        '<div class="mw-heading mw-heading2"><h2 id="Définir">Définir</h2></div>',  # since
        '<section data-mw-section-id="1" id="mwAg"><h2 id="Définir"><span id="D.C3.A9finir" typeof="mw:FallbackId"></span>'
        "Définir</h2></section>",  # Parsoid
    ],
)
def test_sections_are_found_in_every_html_of_a_heading(html: str) -> None:
    assert "Définir" in ids_in(html)
