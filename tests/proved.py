"""What a run of the tests proved, said at its end: nobody takes a run without MediaWiki for one with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.mediawiki import farm


def lines(stats: Mapping[str, Sequence[Any]], seconds: float) -> Iterator[str]:
    """`stats` are pytest's reports by outcome."""
    passed = [one for one in stats.get("passed", ()) if one.when == "call"]
    real = sum("mediawiki" in one.keywords for one in passed)
    stories = sum(_seeds(one.nodeid) for one in passed)
    proved = [
        f"{len(passed)} tests",
        f"{real} of them on a real MediaWiki {farm.version()}" if real else "NONE on a real MediaWiki",
    ]
    if stories:
        proved.append(f"{stories} seeds of chaos")
    yield ""
    yield f"Proved in {seconds / 60:.1f} minutes: {', '.join(proved)}; property tests: {_examples()}."
    for one in stats.get("skipped", ()):
        why = one.longrepr[2] if isinstance(one.longrepr, tuple) else one.longrepr
        yield f"Skipped: {one.nodeid}: {str(why).removeprefix('Skipped: ')}"


def _seeds(test: str) -> int:
    """How many stories a test told: their first and last seed stand in its name."""
    if "test_no_word_is_lost_whatever_breaks[" not in test:
        return 0
    first, last = test.rpartition("[")[2].rstrip("]").split("-")
    return int(last) - int(first) + 1


def _examples() -> str:
    from hypothesis import settings

    return "the same examples each time" if settings().derandomize else "examples of their own (make explore)"
