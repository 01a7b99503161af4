"""Whether a wiki was restored from a copy since it was last read here: then it gives its numbers a second time."""

from __future__ import annotations

import json
from collections.abc import Sequence

from capitalise.messages import N_
from capitalise.wikis.api import Answer, Api
from capitalise.wikis.cache import RevisionCache

__all__ = ["notice_restored"]


def notice_restored(cache: RevisionCache, api: Api, wiki: str, changes: Sequence[Answer]) -> None:
    """Nothing that is kept by numbers counts where the newest of the recent changes lies before the newest that was known here.

    A page that was deleted takes its changes out of the list with it (DeletePage.php): the log is asked first.
    """
    newest = max(changes, key=lambda change: int(change["revid"]), default=None)
    if newest is None:
        return
    known = json.loads(cache.fact("newest") or "0")
    known = known if isinstance(known, dict) else {"revid": known}  # as versions before kept it
    if newest["revid"] < known["revid"] and not _deleted_since(api, known):
        cache.clear()
        why = N_(
            "“%(wiki)s” seems to have been restored from a copy: its newest revision is %(newest)d, %(known)d was known here. "
            "What was kept of it is not used; rows are compared by their texts.",
            wiki=wiki,
            newest=newest["revid"],
            known=known["revid"],
        )
        api.patience.told(why)
    cache.learn("newest", json.dumps({name: newest[name] for name in _REMEMBERED if name in newest}))


_REMEMBERED = ("revid", "title", "timestamp")


def _deleted_since(api: Api, known: Answer) -> bool:
    """Whether the log says that the page of a change was deleted after it."""
    if "title" not in known:
        return False
    answer = api.call(
        action="query", list="logevents", letype="delete", letitle=known["title"], leprop="timestamp", lelimit=1
    )
    return any(one["timestamp"] >= known["timestamp"] for one in answer["query"]["logevents"])
