"""One edit at a time, with every guard that stands before and around it.

Law 3: this is the only place that calls `Store.commit`. Preflight exists because `baserevid` does not
see a revert: apply, a person reverts, apply again answers Success and the revert is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

from capitalise.clock import Clock
from capitalise.errors import Skip, Stale, Unclear
from capitalise.messages import N_
from capitalise.pages.ports import Store
from capitalise.pages.revisions import Edit, Receipt, Revision
from capitalise.plans.run_ids import run_of
from capitalise.wikitext.canonical import digest

__all__ = ["Writer"]

CHECK_EVERY_EDITS = 50
CHECK_EVERY_SECONDS = 60.0
READ_BACK_SECONDS = 60.0


class Writer:
    """Commits edits to one store at a pace, looking up what changed meanwhile.

    `interval` is the least number of seconds between two edits.
    """

    def __init__(self, store: Store, clock: Clock, interval: float = 0.0) -> None:
        self.store, self.clock, self.interval = store, clock, interval
        self._last_edit = float("-inf")
        self._checked_at = float("-inf")
        self._since_check = 0
        self._moved: set[str] = set()

    def _preflight(self, coming: Sequence[Edit]) -> None:
        """Read the current revision of every page still to come, if that was not done just now."""
        due = self.clock.seconds() - self._checked_at >= CHECK_EVERY_SECONDS
        if due or self._since_check >= CHECK_EVERY_EDITS:
            heads = self.store.heads([edit.title for edit in coming])
            self._moved = {edit.title for edit in coming if not edit.meets(heads[edit.title])}
            self._checked_at, self._since_check = self.clock.seconds(), 0

    def commit(self, edit: Edit, coming: Sequence[Edit] = ()) -> Receipt:
        """Save one edit. Raises Stale, Skip or Stop; an unclear answer is read back until it is clear.

        `coming` are the edits after this one: their pages are looked at in the same preflight.
        """
        self._wait()
        self._preflight([edit, *coming])
        if edit.title in self._moved:
            done = self._ours(edit)
            if done and done.revision == self._head(edit.move_to or edit.title):
                return done  # this very edit was saved before: a plan applied again goes on from there
            raise Stale(N_("the page changed since the plan was made"))
        self._since_check += 1
        try:
            return self.store.commit(edit)
        except Unclear:
            return self._read_back(edit)
        finally:
            self._last_edit = self.clock.seconds()

    def _wait(self) -> None:
        left = self._last_edit + self.interval - self.clock.seconds()
        if left > 0:
            self.clock.sleep(left)

    def _read_back(self, edit: Edit) -> Receipt:
        """Find out whether an edit without an answer was saved; send it again only while nothing changed."""
        start = self.clock.seconds()
        while True:
            if found := self._ours(edit):
                return found
            if self.clock.seconds() - start >= READ_BACK_SECONDS:
                break
            self.clock.sleep(5)
        if self._head(edit.title) != edit.base:
            raise Stale(N_("the page changed while the wiki did not answer"))
        try:
            return self.store.commit(edit)
        except Unclear as error:
            if found := self._ours(edit):
                return found
            raise Skip(N_("the wiki did not answer; look at the page's history before you start again")) from error
        except Skip:
            if found := self._ours(edit):  # "it exists already": by us
                return found
            raise

    def _ours(self, edit: Edit) -> Receipt | None:
        title = edit.move_to or edit.title
        if self._head(title) in (0, edit.base):
            return None
        mine = run_of(edit.summary)
        for revision in reversed(self.store.history(title)):
            if revision.id > edit.base and mine and run_of(revision.comment) == mine and _same(revision, edit):
                return Receipt(title, revision.id)
        return None

    def _head(self, title: str) -> int:
        return self.store.heads([title])[title].revision


def _same(revision: Revision, edit: Edit) -> bool:
    return bool(edit.move_to) or revision.sha1 == digest(edit.text)
