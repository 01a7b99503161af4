"""One edit at a time, with every guard that stands before and around it.

Law 3: this is the only place that calls `Store.commit`. Preflight exists because `baserevid` does not
see a revert: apply, a person reverts, apply again answers Success and the revert is lost. The same request
reads what people say to the bot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from capitalise.clock import Clock
from capitalise.errors import Busy, Skip, Stale, StoppedByPerson, Unclear
from capitalise.messages import N_
from capitalise.pages.ports import Store
from capitalise.pages.revisions import Edit, Head, Receipt, Revision
from capitalise.plans.run_ids import run_of
from capitalise.runs.etiquette import Etiquette, obey, stay_away
from capitalise.wikitext.canonical import digest

__all__ = ["CHECK_EVERY_SECONDS", "Writer"]

CHECK_EVERY_SECONDS = 15.0
READ_BACK_SECONDS = 60.0
SLOWEST = 60.0  # seconds between two edits, however often a wiki calls them too many


class Writer:
    """Commits edits to one store at a pace, looking at the pages to come and at what people say.

    `stopping` is asked while waiting for the next edit's turn: the run ends there.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        etiquette: Etiquette | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store, self.clock, self.etiquette, self.stopping = store, clock, etiquette or Etiquette(), stopping
        self.interval = self.etiquette.interval
        self._last_edit = float("-inf")
        self._checked_at = float("-inf")
        self._heads: Mapping[str, Head] = {}

    def commit(self, edit: Edit, coming: Sequence[Edit] = ()) -> Receipt:
        """Save one edit. Raises Stale, Skip or Stop; an unclear answer is read back until it is clear.

        `coming` are the edits after this one: their pages are looked at in the same preflight.
        """
        while True:
            if done := self._looked_at([edit, *coming]):
                return done
            try:
                return self._sent(edit, lambda: self._looked_at([edit]))
            except Busy as busy:
                if busy.too_fast:
                    self._slow_down()

    def take_back(self, edit: Edit) -> Receipt:
        """Save the words of a person again that an edit of ours did away with: whoever stopped the run wants that too.

        Raises Stale where somebody was there before us.
        """
        while True:
            self._unchanged(edit)
            with suppress(Busy):
                return self._sent(edit, lambda: self._unchanged(edit))

    def _unchanged(self, edit: Edit) -> None:
        if self._head(edit.title) != edit.base:
            raise Stale(N_("the page changed since the plan was made: run again"))

    def _looked_at(self, edits: Sequence[Edit]) -> Receipt | None:
        """Wait for the first edit's turn and look at its page: raises what keeps us from it; the receipt of this very
        edit where it was saved before (a plan that is applied again goes on from there)."""
        self._wait()
        edit, head = edits[0], self._preflight(edits)
        if not edit.meets(head):
            done = self._ours(edit)
            if done and done.revision == self._head(edit.move_to or edit.title):
                return done
            raise Stale(N_("the page changed since the plan was made: run again"))
        stay_away(head, self.store.account().name, self.store.now(), self.etiquette.quiet)
        return None

    def _slow_down(self) -> None:
        """The pace was too quick for this wiki."""
        self.interval = max(self.interval, min(SLOWEST, max(5.0, 2 * self.interval)))

    def _sent(self, edit: Edit, look: Callable[[], Receipt | None]) -> Receipt:
        """Send it; `look` is what has to be looked at before it may be sent a second time."""
        try:
            return self._standing(edit, self.store.commit(edit))
        except Unclear:
            return self._read_back(edit, look)
        finally:
            self._last_edit = self.clock.seconds()

    def _standing(self, edit: Edit, receipt: Receipt) -> Receipt:
        """Where nothing had to be saved, since somebody just saved this very text: their revision."""
        if receipt.revision or edit.data:
            return receipt
        past = self.store.history(edit.title, edit.base)
        same = [one.id for one in past if one.id != edit.base and one.sha1 == digest(edit.text)]
        return replace(receipt, revision=same[-1]) if same else receipt

    def _preflight(self, edits: Sequence[Edit]) -> Head:
        """The first edit's page as it is now, or was at most CHECK_EVERY_SECONDS ago."""
        title = edits[0].title
        if title not in self._heads or self.clock.seconds() - self._checked_at >= CHECK_EVERY_SECONDS:
            found = self.store.preflight([edit.title for edit in edits[: self._reach()]], self.etiquette.stop_page)
            obey(found, self.store)
            self._heads, self._checked_at = dict(found.heads), self.clock.seconds()
        head = self._heads[title]
        self._heads = {t: h for t, h in self._heads.items() if t != title}  # it changes now: looked at again next time
        return head

    def _reach(self) -> int | None:
        """How many pages can have their turn before the next look; None: as many as the store looks at in one request."""
        return int(CHECK_EVERY_SECONDS / self.interval) + 1 if self.interval else None

    def _wait(self) -> None:
        """Until it is this wiki's turn, in short steps, so that whoever stops the run does not wait."""
        while True:
            if self.stopping():
                raise StoppedByPerson(N_("Stopped. What was done is recorded; run the same command again to go on."))
            left = self._last_edit + self.interval - self.clock.seconds()
            if left <= 0:
                return
            self.clock.sleep(min(left, 1.0))

    def _read_back(self, edit: Edit, look: Callable[[], Receipt | None]) -> Receipt:
        """Find out whether an edit without an answer was saved, merged by the wiki or not; send it again only after
        another `look`."""
        start = self.clock.seconds()
        while True:
            if found := self._ours(edit, merged=True):
                return found
            if self.clock.seconds() - start >= READ_BACK_SECONDS:
                break
            self.clock.sleep(5)
        if done := look():
            return done
        try:
            return self.store.commit(edit)
        except (Unclear, Busy) as error:
            if found := self._ours(edit, merged=True):
                return found
            raise Skip(N_("the wiki did not answer; look at the page's history before you start again")) from error
        except Skip:
            if found := self._ours(edit, merged=True):  # "it exists already": by us
                return found
            raise

    def _ours(self, edit: Edit, *, merged: bool = False) -> Receipt | None:
        """The revision that this very edit made; `merged`: also where the wiki's merge gave it another text."""
        title = edit.move_to or edit.title
        if self._head(title) in (0, edit.base):
            return None
        mine = run_of(edit.summary)
        for revision in reversed(self.store.history(title)):
            if (
                revision.id > edit.base
                and mine
                and run_of(revision.comment) == mine
                and (merged or _same(revision, edit))
            ):
                return Receipt(title, revision.id)
        return None

    def _head(self, title: str) -> int:
        return self.store.heads([title])[title].revision


def _same(revision: Revision, edit: Edit) -> bool:
    return bool(edit.move_to) or revision.sha1 == digest(edit.text)
