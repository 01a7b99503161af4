"""The request loop under a MediaWiki: login, waiting, errors told apart.

mwclient makes the session and speaks HTTP (`max_retries=0`); what to do with an answer is decided
here, since mwclient knows no `maxlag`, no re-login, and one exception for most errors. A read is
repeated until the budget of waiting is spent (`patience`). A write whose answer is lost raises Unclear:
whether it was saved is for the writer to find out.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import Cookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import mwclient
import requests
import urllib3

from capitalise import __version__
from capitalise.clock import Clock
from capitalise.errors import Busy, CapitaliseError, Refused, Stop, Unclear, WikiError
from capitalise.messages import N_, Message, terminal_language
from capitalise.wikis.backoff import Patience, retry_after
from capitalise.wikis.credentials import Credentials
from capitalise.wikis.elsewhere import what_answers
from capitalise.wikis.refusals import in_one_form, refused

__all__ = ["Answer", "Api"]

Answer = dict[str, Any]

#: Above this many bytes of query a request is sent as POST: some servers refuse longer addresses (414).
MOST_URL = 1800
TIMEOUT = (10, 60)  # seconds to connect, and between two bytes
LONGEST = 300.0  # seconds for one answer
MOST_BYTES = 128 * 1024 * 1024  # of an answer, unpacked
MOST_CONTINUED = 5_000  # answers to one question
MOST_HOPS = 3
_WAIT = {"maxlag": 5.0, "ratelimited": 20.0, "readonly": 30.0}  # seconds at first
_BUSY = (502, 503, 504)
_TRIES = 4  # of a read without a usable answer
_SESSION_LOST = {"assertuserfailed", "assertbotfailed", "assertnameduserfailed", "notloggedin"}


class Api:
    """One wiki's `api.php`. `told` is called with what is being waited for; `as_bot`: every request is refused
    by the wiki if the account is no bot (any more). `http_password`: name and password of the web server before it."""

    def __init__(
        self,
        address: str,
        contact: str,
        clock: Clock,
        credentials: Credentials | None = None,
        cookies: Path | None = None,
        told: Callable[[Message], None] = lambda message: None,
        as_bot: bool = False,
        http_password: tuple[str, str] | None = None,
        language: str = "",
    ) -> None:
        parts = urlsplit(address)
        self.address, self.clock, self.credentials, self.cookies = address, clock, credentials, cookies
        self.patience = Patience(clock, told)
        self.site = mwclient.Site(
            parts.netloc,
            parts.path.removesuffix("api.php"),
            scheme=parts.scheme,
            do_init=False,
            max_retries=0,
            clients_useragent=f"capitalise/{__version__} ({contact}; bot)",
        )
        self.http: requests.Session = self.site.connection
        if http_password:
            self.http.auth = http_password[0].encode(), http_password[1].encode()  # UTF-8 (RFC 7617)
        elif credentials and credentials.token:
            self.http.headers["Authorization"] = f"Bearer {credentials.token}"
        self.as_bot, self.language = as_bot, language or terminal_language()  # the wiki's own words in the user's
        self.user = ""
        self.token = ""
        self.moved_to = ""  # where a redirect of the same machine led
        self.answered = False  # a wiki that never answered is a wrong address, not a tired server
        self._load_cookies()

    # -- calls --------------------------------------------------------------------------------

    def query(self, **parameters: object) -> Iterator[Answer]:
        """The `query` of every answer, following `continue` to its end."""
        more: Mapping[str, object] = {}
        for _time in range(MOST_CONTINUED):
            answer = self.call(action="query", **{**parameters, **more})
            yield answer.get("query", {})
            if "continue" not in answer:
                return
            if answer["continue"] == more:
                break
            more = answer["continue"]
        raise WikiError(N_("%(wiki)s gives the same answer again and again, and no end of it.", wiki=self.address))

    def call(self, **parameters: object) -> Answer:
        """One read, repeated while the wiki is busy. Raises Refused, WikiError, Stop."""
        return self._answered(parameters, post=False)

    def post(self, **parameters: object) -> Answer:
        """What must be posted and may be sent twice without harm; no token goes with it. Raises as `call` does."""
        return self._answered(parameters, post=True)

    def _answered(self, parameters: Mapping[str, object], *, post: bool) -> Answer:
        relogged = False
        while True:
            answer = self._clear(parameters, post=post)
            code = answer.get("error", {}).get("code", "")
            if code in _SESSION_LOST and not relogged and self.credentials:
                relogged = True
                self.login()
            elif not code:
                self.patience.answered()
                return answer
            else:
                raise self._refused(answer["error"])

    def _clear(self, parameters: Mapping[str, object], *, post: bool) -> Answer:
        """Send until the wiki answers as one, a few times."""
        tries = 0
        while True:
            tries += 1
            try:
                answer = self._send(self._common(parameters), post=post)
            except Unclear as lost:
                if tries > _TRIES or not self.answered:
                    raise self._no_wiki(lost) from lost
                self.patience.wait(N_("%(wiki)s does not answer", wiki=self.address), 2.0)
                continue
            code = answer.get("error", {}).get("code", "")
            if not code.startswith("internal_api_error") or tries > _TRIES:
                return answer
            self.patience.wait(N_("%(wiki)s has trouble (%(code)s)", wiki=self.address, code=code), 2.0)

    def _no_wiki(self, lost: Unclear) -> WikiError:
        if isinstance(lost.__cause__, requests.ConnectionError) and not self.answered:
            return WikiError(
                N_("%(wiki)s cannot be reached: there is no connection, or the address is wrong.", wiki=self.address)
            )
        return WikiError(N_("%(wiki)s does not answer as a MediaWiki (%(why)s).", wiki=self.address, why=lost))

    def write(
        self, waited: float | None = None, attached: tuple[str, bytes] | None = None, /, **parameters: object
    ) -> Answer:
        """One write with its token, a file by its name `attached` where there is one. Raises Unclear where the answer was lost, Busy where the wiki asked to wait (and was
        waited for) since it was last looked at, when `waited` was what had been waited in all; else as `call` does."""
        relogged = refreshed = False
        waited = self.patience.spent if waited is None else waited
        while True:
            if self.patience.spent > waited:  # by a login, a new token, …
                raise Busy()
            answer = self._send(
                {**self._common(parameters), "token": self.token}, post=True, once=True, attached=attached
            )
            code = answer.get("error", {}).get("code", "")
            if code in _SESSION_LOST and not relogged:
                relogged = True
                self.login()
            elif code == "badtoken" and not refreshed:
                refreshed = True
                self.refresh_token()
            elif code.startswith("internal_api_error"):
                raise Unclear(code)
            elif code:
                raise self._refused(answer["error"])
            else:
                self.patience.answered(write=True)
                return answer

    def _common(self, parameters: Mapping[str, object]) -> dict[str, str]:
        flat = {k: str(v) for k, v in parameters.items() if v is not None and v is not False}
        flat |= {k: "1" for k, v in parameters.items() if v is True}
        asserted = {"assertuser": self.user} if self.user else {}
        if self.user and self.as_bot:
            asserted["assert"] = "bot"
        words = {"errorformat": "plaintext", "errorlang": self.language, "errorsuselocal": "1"}
        return {**asserted, "maxlag": "5", **words, **flat, "format": "json", "formatversion": "2"}

    # -- one request --------------------------------------------------------------------------

    def _send(
        self, parameters: dict[str, str], *, post: bool, once: bool = False, attached: tuple[str, bytes] | None = None
    ) -> Answer:
        """Send until there is an answer that is not "come back later". `once` raises Busy after the first wait: what
        was looked at before an edit is old news by then."""
        while True:
            response = self._http(parameters, post=post, attached=attached)
            asked = retry_after(response, self.clock.now())
            if response.status_code == 429:
                self.patience.wait(N_("%(wiki)s asks to go slower", wiki=self.address), 30.0, asked, write=once)
                if once:
                    raise Busy(too_fast=True)
                continue
            if response.status_code in _BUSY:
                busy = N_("%(wiki)s is overloaded (%(code)d)", wiki=self.address, code=response.status_code)
                if asked or not once:
                    self.patience.wait(busy, asked=asked, write=once)
                if once:  # a gateway may say so after the wiki has saved
                    raise Unclear(f"HTTP {response.status_code}")
                continue
            answer = _json(response, parameters.get("action", ""), self.address)
            self.answered = True
            error = answer.get("error", {})
            if error.get("code") not in _WAIT:
                _refuse_warnings(answer)
                return answer
            why = error.get("readonlyreason") or error.get("info", "")
            why = N_("%(wiki)s asks to wait: %(why)s", wiki=self.address, why=_sentence(why))
            self.patience.wait(why, _WAIT[error["code"]], asked, write=once)
            if once:
                raise Busy(too_fast=error["code"] == "ratelimited")

    def _http(
        self, parameters: dict[str, str], *, post: bool, attached: tuple[str, bytes] | None = None
    ) -> requests.Response:
        try:
            if post or len(urlencode(parameters)) > MOST_URL:
                files = {"file": attached} if attached else None
                return self._at_home("POST", self.address, data=parameters, files=files)
            return self._at_home("GET", self.address, params=parameters)
        except requests.exceptions.InvalidURL as error:
            raise WikiError(N_("“%(wiki)s” is not an address.", wiki=self.address)) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise Unclear(type(error).__name__) from error

    def _at_home(self, method: str, address: str, **sent: Any) -> requests.Response:
        """One answer of this very machine: what is posted may be a password, and a header may be one; neither is sent anywhere else,
        or in the open, whatever a redirect says. Raises WikiError, requests.RequestException."""
        if method == "POST" and self.moved_to:  # it would be refused behind the redirect, and have been sent before it
            raise WikiError(self._leads_on())
        for _hop in range(MOST_HOPS):
            response = self.http.request(method, address, timeout=TIMEOUT, allow_redirects=False, stream=True, **sent)
            target = self.http.get_redirect_target(response)
            if not target:
                return _whole(response, self.address)
            response.close()
            before, address, sent = address, urljoin(address, target), {}
            self.moved_to = address.partition("?")[0]
            if method == "POST" or self.http.should_strip_auth(before, address):
                raise WikiError(self._leads_on())
        raise requests.TooManyRedirects(address)

    def _leads_on(self) -> Message:
        return N_(
            '%(wiki)s sends us to %(there)s: nothing was sent there. If that is right, write api = "%(there)s" into its '
            "table in capitalise.toml.",
            wiki=self.address,
            there=self.moved_to,
        )

    def _refused(self, error: Mapping[str, Any]) -> CapitaliseError:
        code = _code(error)
        if code == "assertbotfailed":
            return Stop(
                N_(
                    "%(wiki)s does not know “%(user)s” as a bot (any more): its bot flag was taken away, or its password lacks "
                    "“High-volume (bot) access”. Nothing more is written; ask the wiki's administrators.",
                    wiki=self.address,
                    user=self.user,
                )
            )
        if code in _SESSION_LOST:
            return Stop(
                N_("%(wiki)s ends the session of “%(user)s” again and again.", wiki=self.address, user=self.user)
            )
        return refused(_sentence(error.get("info", "")), code)

    # -- who we are ---------------------------------------------------------------------------

    def login(self, token: str = "") -> None:
        """Log in with the credentials; `token` is the wiki's login token, if it was asked for already.

        Raises Stop where the wiki refuses them.
        """
        if self.credentials is None:
            raise Stop(
                N_("The session on %(wiki)s was lost, and there is no account to log in with.", wiki=self.address)
            )
        if self.credentials.token:
            raise Stop(N_("%(wiki)s refuses the OAuth token: type “capitalise login” again.", wiki=self.address))
        before, self.user = self.user, ""
        try:
            self._log_in(self.credentials, token)
        except BaseException:
            self.user = before  # asserted by whatever is sent next: refused, and never an edit by an address
            raise
        self._save_cookies()

    def _log_in(self, account: Credentials, token: str) -> None:
        fresh = bool(token)
        if not token:  # a session that still lives takes no login (ApiLogin.php)
            self.forget_session()
            token = self.call(action="query", meta="tokens", type="login")["query"]["tokens"]["logintoken"]
        given = {"lgname": account.user, "lgpassword": account.password, "lgtoken": token}
        sent = self._clear({"action": "login", **given}, post=True)
        result = sent.get("login", {})
        if result.get("result") != "Success":
            reason = result.get("reason") or sent.get("error", {}).get("info") or result.get("result", "")
            raise Stop(
                N_(
                    "%(wiki)s refuses the login of %(user)s: %(why)s",
                    wiki=self.address,
                    user=account.user,
                    why=_sentence(reason),
                )
            )
        self.user = result["lgusername"]
        if not fresh:  # else whoever asked for the login token asks who we are next, and gets the token with it
            answer = self._clear({"action": "query", "meta": "tokens", "type": "csrf"}, post=False)
            if "error" in answer:  # as somebody who is no bot any more: another login does not help
                raise self._refused(answer["error"])
            self.token = answer["query"]["tokens"]["csrftoken"]

    def forget_session(self) -> None:
        """The next request logs in again. AbuseFilter keeps its warnings in the session: sending the same edit in the
        same session accepts the warning in the operator's name (Extension:AbuseFilter, FilterRunner)."""
        self.http.cookies.clear()
        if self.cookies:
            self.cookies.unlink(missing_ok=True)

    def refresh_token(self) -> None:
        self.token = self.call(action="query", meta="tokens", type="csrf")["query"]["tokens"]["csrftoken"]

    def _load_cookies(self) -> None:
        if self.cookies and self.cookies.exists():
            try:
                for one in json.loads(self.cookies.read_text("utf-8")):
                    self.http.cookies.set(one["name"], one["value"], domain=one["domain"], path=one["path"])
            except (ValueError, KeyError, TypeError):
                self.cookies.unlink()

    def _save_cookies(self) -> None:
        if not self.cookies:
            return
        kept = [_plain(cookie) for cookie in self.http.cookies]
        descriptor = os.open(self.cookies, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(kept, file)


def _code(error: Mapping[str, Any]) -> str:
    """The server's code; a block that leaves some pages open has a name of its own here."""
    partial = error.get("blockinfo", {}).get("blockpartial")
    return "blocked-partially" if partial else str(error["code"])


def _plain(cookie: Cookie) -> dict[str, str | None]:
    return {"name": cookie.name, "value": cookie.value, "domain": cookie.domain, "path": cookie.path}


def _sentence(text: object) -> str:
    return " ".join(str(text).split())[:300]


def _whole(response: requests.Response, wiki: str) -> requests.Response:
    """An answer with its body, however slowly and however packed it comes. Raises WikiError beyond what can be borne."""
    body, end = bytearray(), time.monotonic() + LONGEST
    with response:
        while piece := response.raw.read1(1 << 16, decode_content=True):
            body += piece
            if len(body) > MOST_BYTES:
                raise WikiError(N_("%(wiki)s answers with more than %(most)d MB.", wiki=wiki, most=MOST_BYTES >> 20))
            if time.monotonic() > end:
                raise requests.Timeout(wiki)
    response._content = bytes(body)
    return response


def _without_notices(text: str) -> str:
    """JSON behind what PHP wrote before it, where somebody shows its notices to everybody."""
    if text.startswith("{") or "<html" in text[:2000].lower():
        return text
    start = text.find('{"')
    noticed = text[: max(start, 0)].lstrip().startswith(("<br", "<b>", "PHP ", "Notice", "Warning", "Deprecated"))
    return text[start:] if noticed and start < 20_000 else text


_TABLES = ("query", "continue", "error", "warnings")


#: Of these a web server means "try again": it did not take what was sent, or did not understand that it was all.
_PASSING = (408, 425, 429)


def _json(response: requests.Response, action: str, wiki: str) -> Answer:
    """The answer. Raises Refused where something else than the wiki says no, Unclear where it cannot be told what happened."""
    try:
        text = response.content.decode("utf-8-sig")  # JSON is UTF-8, whatever the header says (RFC 8259)
        answer = json.loads(_without_notices(text))
    except ValueError as error:
        status, kind = response.status_code, response.headers.get("Content-Type", "?")
        if (400 <= status < 500 and status not in _PASSING) or status == 511 or (status == 200 and "html" in kind):
            raise Refused(what_answers(response, wiki), f"http-{status}") from error
        raise Unclear(f"HTTP {status}, {kind}") from error
    if not isinstance(answer, dict):
        raise Unclear(f"HTTP {response.status_code}")
    answer = in_one_form(answer)
    listed = "query" if action == "smwbrowse" else ""  # its `query` is a list
    if not all(isinstance(answer.get(name, {}), dict) for name in _TABLES if name != listed):
        raise WikiError(N_("%(wiki)s answers as no MediaWiki does.", wiki=response.url.partition("?")[0]))
    return answer


def _refuse_warnings(answer: Mapping[str, Any]) -> None:
    """Warnings that matter are errors: a parameter that the wiki does not know is a guard that does not work, and an
    answer that was cut without `continue` is not the whole truth."""
    for module in answer.get("warnings", {}).values():
        text = module.get("warnings", "") if isinstance(module, dict) else ""
        codes = module.get("codes", ()) if isinstance(module, dict) else ()
        if {"unrecognizedparams", "unrecognizedvalues"} & set(codes):
            raise WikiError(N_("The wiki does not know something this version needs: %(why)s", why=_sentence(text)))
        if "truncatedresult" in codes and "continue" not in answer:
            raise WikiError(
                N_("The wiki cut its answer short and does not give the rest: %(why)s", why=_sentence(text))
            )
