"""200 real links that a person judged (`judged.tsv`), with the reason beside each."""

from __future__ import annotations

__all__ = ["judge"]


def judge() -> None:
    print("(no judged links yet)")
