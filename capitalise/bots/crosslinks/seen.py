"""What was read on a page as readers see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Seen"]


class Seen(NamedTuple):
    """Words read on a page (None: nobody could), and the pages that were transcluded into it meanwhile."""

    what: Sequence[str] | None
    transcluded: Sequence[str] = ()
