"""The pages of a review: plain forms that work without a script. They read and keep answers; what writes is asked of the main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import bottle

from capitalise.errors import CapitaliseError, Unexpected
from capitalise.exports.templates import page_filler, shipped
from capitalise.files import reason
from capitalise.messages import N_, NP_, Message, render
from capitalise.review.groups import MOST, SAMPLES
from capitalise.review.guard import LARGEST
from capitalise.review.items import Item, Sort
from capitalise.review.journal import Answer, Choice
from capitalise.review.session import Review
from capitalise.review.view import PER_PAGE, RANKS, Look, choices, counts, found, look_of, shown
from capitalise.runs.apply import PageOutcome

__all__ = ["Jobs", "make_app", "refusal"]

#: A page of the wiki stands in a frame that runs nothing and fetches nothing.
FRAMED = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
FRAMING = (
    "default-src 'none'; style-src 'self'; script-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True)
class Jobs:
    """What the pages ask of whoever runs the review: to carry out, to take a run back, to show a page as its wiki would, to end."""

    carry_out: Callable[[], None]
    undo: Callable[[str], None]
    rendered: Callable[[Item], str]
    end: Callable[[], None]


def refusal(language: str) -> str:
    """The page for whoever comes without the token."""
    return page_filler(language)("review/refused.html.jinja", {"language": language})


def make_app(review: Review, jobs: Jobs, language: str) -> bottle.Bottle:
    """The application, without its guard."""
    bottle.BaseRequest.MEMFILE_MAX = LARGEST  # what the guard lets through is read
    app, pages = bottle.Bottle(), _Pages(review, jobs, language)
    for path, method, callback in (
        ("/", "GET", pages.items),
        ("/answer", "POST", pages.answer),
        ("/back", "POST", pages.take_back),
        ("/apply", "GET", pages.summary),
        ("/apply", "POST", pages.apply),
        ("/progress", "GET", pages.progress),
        ("/undo", "POST", pages.undo),
        ("/page/<key>", "GET", pages.whole),
        ("/print", "GET", pages.printed),
        ("/end", "POST", pages.end),
        ("/<name:re:review\\.(?:css|js)>", "GET", pages.asset),
    ):
        app.route(path, method=method, callback=pages.or_trouble(callback))
    app.error_handler[404] = lambda _error: pages.fill("missing")
    return app


class _Pages:
    """Each method answers one address."""

    def __init__(self, review: Review, jobs: Jobs, language: str) -> None:
        self.review, self.jobs, self.language = review, jobs, language
        self._filled = page_filler(language)

    def text(self, message: Message) -> str:
        return render(message, self.language)

    def fill(self, name: str, **values: Any) -> str:
        bottle.response.content_type = "text/html; charset=utf-8"
        common = {"language": self.language, "message": self.text, "counts": counts(self.review), "most": MOST}
        return self._filled(f"review/{name}.html.jinja", {**common, "state": self.review.state, **values})

    def or_trouble(self, callback: Callable[..., Any]) -> Callable[..., Any]:
        """A page's method; what nobody thought of, a full disk among it, is a sentence with the words that were typed, and no traceback."""

        def answered(**parameters: str) -> Any:
            try:
                return callback(**parameters)
            except bottle.HTTPResponse:  # a redirect, or a page that is not there
                raise
            except OSError as error:
                return self.trouble(reason(error))
            except Exception as error:
                return self.trouble(error.message if isinstance(error, CapitaliseError) else Unexpected(error).message)

        return answered

    def trouble(self, why: Message) -> str:
        bottle.response.status = 500
        return self.fill("trouble", why=why, text=_asked(bottle.request.forms).get("text", ""))

    def items(self) -> str:
        query = _asked(bottle.request.query)
        look = look_of(query)
        entries = found(self.review, look)
        pages = max(1, -(-len(entries) // PER_PAGE))
        number = min(max(look.page, 1), pages)
        some = entries[(number - 1) * PER_PAGE : number * PER_PAGE]
        return self.fill(
            "items",
            look=replace(look, page=number),
            entries=[shown(self.review, entry, look) for entry in some],
            pages=pages,
            there=sum(len(entry.items) for entry in entries),
            all=len(self.review.items),
            choices=choices(self.review),
            ranks=RANKS,
            samples=SAMPLES,
            said=query.get("said", ""),
            back=next(iter(self.review.journal.last()), ""),
            proposals=self.review.proposals,
            orphans=self.review.orphans if look == Look(page=look.page) else [],
            why=self.review.why,
            settles={key for key in self.review.items if self.review.source_of[key].settle},
            outdated=self.review.outdated,
            changed=self.review.changed,
            findings=self.review.findings,
            notes=self.review.notes(),
            online={wiki.key for wiki in self.review.workspace.settings.wikis.values() if wiki.api},
        )

    def answer(self) -> str:
        form, keys = _asked(bottle.request.forms), bottle.request.forms.getall("key")[: MOST + 1]
        look = look_of(_query(form.get("look", "")))
        following, said = _following(self.review, look, keys), _answer(self.review, keys, form)
        kept = self.review.answer(keys, said) if said and len(keys) <= MOST else []
        if said and said.choice is Choice.TEXT and said.text.strip() and not kept:
            return self.fill("words", text=said.text)  # nobody types it twice
        words = _kept_words(kept, said.choice) if said else N_("That is no answer.")
        if said and said.choice is Choice.TEXT and not said.text.strip():
            words = N_(
                "An empty text is no answer: to empty the field, choose the side that is empty, or write (vide)."
            )
        where = look.query()
        joint = "&" if "?" in where else "?"
        raise _redirect(f"{where}{joint}said={quote(self.text(words))}#{following or 'top'}")

    def take_back(self) -> None:
        form, journal = _asked(bottle.request.forms), self.review.journal
        keys = next((some for some in reversed(journal.batches) if form.get("key") in some), journal.last())
        self.review.take_back(keys)
        bottle.redirect(f"{look_of(_query(form.get('look', ''))).query()}#{keys[0] if keys else 'top'}", 303)

    def summary(self) -> str:
        return self.fill(
            "apply",
            accepted=self.review.accepted(),
            never=self.review.never(),
            bots=self.review.by_bot(),
            answers=self.review.journal.answers,
            doubts=self.review.doubts,
        )

    def apply(self) -> None:
        if self.review.begin():
            self.jobs.carry_out()
        bottle.redirect("/progress", 303)

    def progress(self) -> str:
        part = bottle.request.query.get("part")
        return self.fill(
            "part" if part else "progress", outcome=_became, changed=self.review.changed, why=self.review.why
        )

    def undo(self) -> None:
        run = _asked(bottle.request.forms).get("run", "")
        if run in {one for one, _report in self.review.state.reports}:
            self.jobs.undo(run)
        bottle.redirect("/progress", 303)

    def whole(self, key: str) -> str:
        item = self.review.items.get(key)
        if item is None or item.change is None:
            raise bottle.HTTPError(404)
        if bottle.request.query.get("inside"):
            bottle.response.set_header("Content-Security-Policy", FRAMED)
            bottle.response.set_header("X-Frame-Options", "SAMEORIGIN")
            bottle.response.content_type = "text/html; charset=utf-8"
            return self.jobs.rendered(item)
        bottle.response.set_header("Content-Security-Policy", FRAMING)
        return self.fill("page", item=item)

    def printed(self) -> str:
        entries = [entry for entry in found(self.review, Look()) if entry.rank < 2]
        return self.fill("print", entries=[shown(self.review, entry, Look()) for entry in entries])

    def end(self) -> str:
        self.jobs.end()
        return self.fill("ended")

    def asset(self, name: str) -> bytes:
        kind = "text/css" if name.endswith("css") else "text/javascript"
        bottle.response.content_type = f"{kind}; charset=utf-8"
        return (shipped("templates") / "review" / name).read_bytes()


def _redirect(address: str) -> bottle.HTTPResponse:
    return bottle.HTTPResponse(status=303, headers={"Location": address})


def _asked(said: Any) -> dict[str, str]:
    """What a form or an address says, as text."""
    return {name: said.getunicode(name, "") for name in said}


def _query(address: str) -> dict[str, str]:
    return dict(bottle._parse_qsl(address.partition("?")[2][:2000]))


def _answer(review: Review, keys: list[str], form: Mapping[str, str]) -> Answer | None:
    """What was answered; a proposal or words for an empty field that are accepted are a text of their own."""
    try:
        choice = Choice(form.get("choice", ""))
    except ValueError:
        return None
    item = review.items.get(keys[0]) if keys else None
    there = review.proposals(item) if item else []
    if choice is Choice.ACCEPT and item and item.is_addition:
        return Answer(Choice.TEXT, item.after, there[0].by if there else "")
    one = next((one for one in there if one.by == form.get("proposed")), None)
    if "proposed" in form and one and item:
        return Answer(_as_answer(item, one.choice), one.text, one.by)
    return Answer(choice, form.get("text", "").replace("\r\n", "\n").strip("\n") if choice is Choice.TEXT else "")


def _as_answer(item: Item, choice: Choice) -> Choice:
    """What a side means for an item: a text on its way to the other side is accepted, or stays and is taken for both."""
    goes = {Sort.FIELD: Choice.SHEET, Sort.CELL: Choice.WIKI}.get(item.sort)
    return Choice.ACCEPT if choice is goes else choice


def _following(review: Review, look: Look, keys: list[str]) -> str:
    """The entry that comes next once these items are answered."""
    entries = found(review, look)
    at = next((i for i, entry in enumerate(entries) if any(item.key in keys for item in entry.items)), -1)
    if at < 0:
        return ""
    rest = [item.key for item in entries[at].items if item.key not in keys]
    around = [*rest, *(entry.key for entry in entries[at + 1 : at + 2]), *(entry.key for entry in entries[:at][-1:])]
    return around[0] if around else ""


def _kept_words(kept: list[Item], choice: Choice) -> Message:
    words = {
        Choice.ACCEPT: NP_("Accepted: %(what)s", "Accepted, %(count)d times: %(what)s", len(kept)),
        Choice.LEAVE: NP_("Left for now: %(what)s", "Left for now, %(count)d times: %(what)s", len(kept)),
        Choice.NEVER: NP_("Never again: %(what)s", "Never again, %(count)d times: %(what)s", len(kept)),
        Choice.SHEET: N_("The sheet's text: %(what)s"),
        Choice.WIKI: N_("The wiki's text: %(what)s"),
        Choice.TEXT: N_("Your text: %(what)s"),
    }
    if not kept or choice not in words:
        return N_("That could not be kept as an answer: look at it once more.")
    what = kept[0].field if len(kept) > 1 else " – ".join(filter(None, (kept[0].title, kept[0].field)))
    message = words[choice]
    return replace(message, values={**message.values, "what": what})


def _became(one: PageOutcome) -> Message:
    """What became of a page, in words."""
    return one.reason or (N_("written") if one.status.saved else N_("not written"))
