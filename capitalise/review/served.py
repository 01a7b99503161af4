"""A review on this machine's loopback, until somebody ends it. The pages are answered in threads; whatever reads a wiki or writes is done here, in
the main thread, one after the other."""

from __future__ import annotations

import logging
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from capitalise.errors import CapitaliseError, SettingsError
from capitalise.messages import N_, Message, render
from capitalise.review.app import Jobs, make_app, refusal
from capitalise.review.guard import LARGEST, guarded
from capitalise.review.items import Item
from capitalise.review.session import Review
from capitalise.runs.apply import PageOutcome

__all__ = ["Told", "serve"]

IDLE = 4 * 3600.0  # seconds without a request, after which nothing listens any more
SLOW = 30  # seconds that somebody may take to send a request
HEADER = 32 * 1024


@dataclass(frozen=True)
class Told:
    """Who watches: `opened` gets the address, `outcome` each page that was written or not, `stopping` says that somebody wants it to end."""

    opened: Callable[[str], None]
    outcome: Callable[[PageOutcome], None]
    stopping: Callable[[], bool]


def serve(review: Review, language: str, told: Told, idle: float = IDLE) -> None:
    """Show the review until it is ended, nobody asked for anything for a while, or `stopping` says so. Nothing listens afterwards."""
    from waitress.server import create_server

    log = logging.getLogger("waitress")  # a connection that ends while it is served is nobody's news
    log.addHandler(logging.NullHandler())
    log.propagate = False
    work: queue.Queue[Callable[[], None]] = queue.Queue()
    ended, asked = threading.Event(), [time.monotonic()]
    token = secrets.token_urlsafe(32)
    with closing(_loopback()) as listening:
        port = listening.getsockname()[1]
        app = guarded(
            make_app(review, _jobs(review, work, told, ended, language), language), port, token, refusal(language)
        )

        def noted(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            asked[0] = time.monotonic()
            return app(environ, start)

        server = create_server(
            noted,
            sockets=[listening],
            threads=4,
            connection_limit=50,
            channel_timeout=SLOW,
            cleanup_interval=5,
            max_request_body_size=LARGEST,
            max_request_header_size=HEADER,
            ident="",
        )
        thread = threading.Thread(target=_run, args=(server,), daemon=True)
        thread.start()
        try:
            told.opened(f"http://127.0.0.1:{port}/?token={token}")
            while not (ended.is_set() or told.stopping() or time.monotonic() - asked[0] > idle):
                with suppress(queue.Empty):
                    work.get(timeout=0.2)()
            if ended.is_set():
                time.sleep(0.3)  # the last page goes out
        finally:
            server.close()
            thread.join(2)


def _run(server: object) -> None:
    with suppress(OSError):  # it was closed
        server.run()  # type: ignore[attr-defined]


def _loopback() -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    return listening


def _jobs(
    review: Review, work: queue.Queue[Callable[[], None]], told: Told, ended: threading.Event, language: str
) -> Jobs:
    review.stopped = told.stopping

    def rendered(item: Item) -> str:
        answer: Future[str] = Future()

        def ask() -> None:
            try:
                answer.set_result(_rendered(review, item) or render(_NOT_HERE, language))
            except CapitaliseError as error:
                answer.set_exception(error)

        work.put(ask)
        try:
            return answer.result(timeout=60)
        except (CapitaliseError, TimeoutError) as error:
            why = error.message if isinstance(error, CapitaliseError) else N_("The wiki did not answer.")
            return render(why, language)

    return Jobs(
        lambda: work.put(lambda: review.carry_out(told.outcome)),
        lambda run: work.put(lambda: review.undo(run, told.outcome)),
        rendered,
        ended.set,
    )


def _rendered(review: Review, item: Item) -> str:
    if item.change is None or item.wiki not in review.workspace.settings.wikis:
        raise SettingsError(N_("There is nothing to show."))
    return review.workspace.reader(item.wiki).rendered(item.title, item.change.new)


_NOT_HERE: Message = N_("A wiki in a folder cannot show its pages as readers see them.")
