"""What there is to look at, beside what there was: new, gone, still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from capitalise.messages import render
from capitalise.plans.model import Finding

__all__ = ["Since", "compare"]


@dataclass(frozen=True)
class Since:
    """`new` findings; of the earlier ones, page (or file) and words of those that are `gone`, and how many are `still` there."""

    new: tuple[Finding, ...]
    gone: tuple[tuple[str, str], ...]
    still: int


def compare(findings: Sequence[Finding], earlier: Iterable[tuple[str, str]], language: str) -> Since:
    """By page (or file) and words, in the language of the earlier ones: a line that moved down is the same finding."""
    left = Counter(earlier)
    new = []
    for one in findings:
        key = one.title or (one.at.sheet if one.at else ""), render(one.message, language)
        if left[key]:
            left[key] -= 1
        else:
            new.append(one)
    return Since(tuple(new), tuple(sorted(left.elements())), len(findings) - len(new))
