"""Runs under fire, as `python -m benchmarks.chaos` makes them by the hundred (docs/reliability.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.chaos import Told, tell, tell_in_a_folder
from tests.chaos.checker import FIELDS, Deeds, Faultfinder, Saved
from tests.chaos.proxy import MOST_LATE, Asked, Fault, Proxy
from tests.mediawiki import farm as mediawiki
from tests.people import Person

#: 25 stories, five at a time: two test processes share them.
SEEDS = [range(first, first + 5) for first in range(1, 26, 5)]


@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_no_word_is_lost_on_a_wiki_in_a_folder(seeds: range) -> None:
    assert {told.seed: (told.lost, told.doubled, told.wrong) for told in tell_in_a_folder(seeds) if told.red} == {}


@pytest.mark.mediawiki
@pytest.mark.parametrize("seeds", SEEDS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_no_word_is_lost_whatever_breaks(farm: mediawiki.Farm, seeds: range) -> None:
    """Stories of faults, people and kills; what went wrong is named with its seed."""
    stories = list(tell(farm, seeds))
    for told in stories:
        if told.red:
            print(told.seed, *told.log, sep="\n    ")
    assert {told.seed: (told.lost, told.doubled, told.wrong) for told in stories if told.red} == {}
    total = sum((told.count for told in stories), Counter[str]())
    assert total["edits by people"] > 20
    assert total[f"fault: {Fault.UNANSWERED.value}"]
    assert total[f"fault: {Fault.LOGGED_OUT.value}"]
    kills = total[f"fault: {Fault.KILLED_AFTER.value}"] + total[f"fault: {Fault.KILLED_BEFORE.value}"]
    assert (
        kills or sum(count for name, count in total.items() if name.startswith("fault: ")) > 20
    )  # a run may end before its kill


# -- the proxy, on its own --------------------------------------------------------------------


@pytest.fixture
def proxy(farm: mediawiki.Farm) -> Iterator[Proxy]:
    made = Proxy(mediawiki.address("communs"))
    yield made
    made.close()


@pytest.mark.mediawiki
@pytest.mark.parametrize(
    ("fault", "saved"),
    [(Fault.DROPPED, False), (Fault.UNANSWERED, True), (Fault.CUT, True), (Fault.PAGE, False), (Fault.INTERNAL, False)],
)
def test_what_a_fault_does_to_an_edit(proxy: Proxy, fault: Fault, saved: bool) -> None:
    camille = Person("communs")
    camille.api = proxy.address
    proxy.decide = lambda asked: fault if asked.writes else Fault.NONE
    with pytest.raises(Exception):  # noqa: B017 - a cut connection, a page, half an answer
        camille.edit("Jardin", "un")
    proxy.decide = lambda asked: Fault.NONE
    assert (camille.text("Jardin") == "un") == saved
    camille.close()


@pytest.mark.mediawiki
def test_a_late_edit_arrives_after_other_requests(proxy: Proxy) -> None:
    camille = Person("communs")
    camille.api = proxy.address
    landed: list[Asked] = []
    proxy.landing = landed.append
    proxy.decide = lambda asked: Fault.LATE if asked.writes else Fault.NONE
    with pytest.raises(Exception):  # noqa: B017
        camille.edit("Jardin", "un")
    for _request in range(MOST_LATE + 1):
        camille.text("Jardin")
    assert len(landed) == 1
    assert camille.text("Jardin") == "un"
    camille.close()


# -- the checker, on its own: each kind of loss is seen ---------------------------------------

PAGE = "Avant.\n\n{{Fiche\n|etape=1\n|lieu=Lille\n}}\n\nAprès. mot0001"


def judged(*texts: str, deeds: Deeds | None = None, comments: tuple[str, ...] = ()) -> Faultfinder:
    """A page that Camille made and the robot then saved, twice or more."""
    deeds = deeds or Deeds(wiki_words={"mot0001": "Jardin"}, in_sheet={("Jardin", "lieu")})
    found = Faultfinder(deeds)
    names = [*comments, *(f"essai – 20261122T0148-k3f9 #{n}" for n in range(10, 19))]
    history = [Saved("Camille", "", PAGE), *(Saved("Robot", names[n], text) for n, text in enumerate(texts))]
    found.histories({"Jardin": history})
    return found


def test_the_checker_lets_a_good_edit_pass() -> None:
    found = judged(PAGE.replace("Lille", "Roubaix"))
    assert (found.lost, found.doubled) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        PAGE.replace(" mot0001", ""),
        PAGE.replace("Avant.", "Autre chose."),
        PAGE.replace("|etape=1", "|etape=2"),
    ],
)
def test_the_checker_sees_a_loss(text: str) -> None:
    assert judged(text).lost


@pytest.mark.parametrize("text", [PAGE + " mot0001", PAGE.replace("|lieu", "|lieu=Lens\n|lieu")])
def test_the_checker_sees_a_double(text: str) -> None:
    assert judged(text).doubled


def test_the_checker_sees_an_edit_that_was_made_twice() -> None:
    twice = ("essai – 20261122T0148-k3f9 #1",) * 2
    assert judged(PAGE.replace("Lille", "Lens"), PAGE.replace("Lille", "Lens"), comments=twice).doubled


def test_the_checker_sees_a_sheet_that_lost_a_word_or_differs_in_silence(tmp_path: Path) -> None:
    deeds = Deeds(sheet_words={"mot0002": ("Jardin", "lieu")})
    row = {**dict.fromkeys(FIELDS.values(), ""), "Étape": "1", "Lieu": "Roubaix"}
    found = Faultfinder(deeds)
    found.sheet({"Jardin": row}, {"Jardin": PAGE}, {"conflicts": [], "findings": [], "changes": []})
    assert any("mot0002" in one for one in found.lost)
    assert any("lieu" in one for one in found.wrong)


def test_a_story_is_red_for_any_of_the_three() -> None:
    for lost, doubled, wrong in ((["x"], [], []), ([], ["x"], []), ([], [], ["x"])):
        assert Told(1, Counter(), lost, doubled, wrong, []).red
    assert not Told(1, Counter(), [], [], [], []).red
