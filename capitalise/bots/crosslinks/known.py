"""The titles that are known of one wiki, filed so that a look-up costs the same in a wiki of a hundred pages and of a million."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from capitalise.pages.titles import SHORTEST, one_slip, sort_key

__all__ = ["Titles"]

Filed = Mapping[str, list[str]]
#: A wiki writes no blank around the colon of a namespace: `Chapitre 12 : La monnaie` has none.
_NAMESPACE = re.compile(r"[^:]*[^\s:]:\S")


class Titles:
    """Some titles by their letters alone (`sort_key`). All is filed when it is first asked for."""

    def __init__(self, titles: Iterable[str]) -> None:
        self._titles = tuple(titles)

    @cached_property
    def by_letters(self) -> Filed:
        """The titles under their letters."""
        return _filed(self._titles, sort_key)

    def of(self, title: str) -> list[str]:
        """The titles of the same letters."""
        return self.by_letters.get(sort_key(title), [])

    def below(self, key: str) -> list[str]:
        """The subpages whose last name has some letters."""
        return self._by_last.get(key, [])

    def in_namespaces(self, key: str) -> list[str]:
        """The titles that have some letters behind their namespace."""
        return self._by_name.get(key, [])

    def a_slip_away(self, key: str) -> list[str]:
        """The titles whose letters differ from some by a blank, or by a slip in a word that no title has."""
        joined = [theirs for theirs in self._joined.get(key.replace(" ", ""), ()) if theirs != key]
        return [title for theirs in dict.fromkeys([*joined, *self._slips(key)]) for title in self.by_letters[theirs]]

    def a_letter_away(self, key: str) -> bool:
        """Whether a title differs from some letters by one in a single word, whatever word that is; another number is another page."""
        halves = (half for half, left in _halves(key) if any(map(str.isalpha, left)))
        return any(_in_a_word(key, theirs) for half in halves for theirs in self._near(key, half))

    def _slips(self, key: str) -> Iterator[str]:
        for half, left in _halves(key):
            if any(len(word) >= SHORTEST and word.isalpha() and word not in self._words for word in left):
                found = ((theirs, one_slip(key, theirs)) for theirs in self._near(key, half))
                yield from (theirs for theirs, pair in found if pair)  # in that word: theirs are all known

    def _near(self, key: str, half: tuple[int, int, str]) -> list[str]:
        others = self._by_half.get(half, ())
        found = process.extract(key, others, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=None)
        return [theirs for theirs, _far, _at in found]

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(word for key in self.by_letters for word in key.split())

    @cached_property
    def _joined(self) -> Filed:
        return _filed(self.by_letters, lambda key: key.replace(" ", ""))

    @cached_property
    def _by_half(self) -> Mapping[tuple[int, int, str], list[str]]:
        """A slip is in one word, so one half of the words is the same."""
        filed = defaultdict(list)
        for key in self.by_letters:
            for half, _left in _halves(key):
                filed[half].append(key)
        return filed

    @cached_property
    def _by_last(self) -> Filed:
        return _filed(
            (title for title in self._titles if title.partition("/")[2]),
            lambda title: sort_key(title.rpartition("/")[2]),
        )

    @cached_property
    def _by_name(self) -> Filed:
        return _filed(
            (title for title in self._titles if _NAMESPACE.match(title)),
            lambda title: sort_key(title.partition(":")[2]),
        )


def _halves(key: str) -> Iterator[tuple[tuple[int, int, str], list[str]]]:
    """Each half of some words, under how many there are and which it is, with the words of the other half."""
    words = key.split()
    middle = (len(words) + 1) // 2
    yield (len(words), 0, " ".join(words[:middle])), words[middle:]
    yield (len(words), 1, " ".join(words[middle:])), words[:middle]


def _in_a_word(key: str, theirs: str) -> bool:
    pairs = [pair for pair in zip(key.split(), theirs.split(), strict=False) if pair[0] != pair[1]]
    return len(pairs) == 1 and all(map(str.isalpha, pairs[0]))


def _filed(titles: Iterable[str], key: Callable[[str], str]) -> Filed:
    filed = defaultdict(list)
    for title in titles:
        filed[key(title)].append(title)
    return dict(filed)
