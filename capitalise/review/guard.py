"""What stands before the pages of a review: whoever does not hold its token, or comes by another name or from another page, is refused.

A page of another site that a person has open can send requests to this machine, and can give its own name the address 127.0.0.1 (DNS
rebinding): so the name that was asked for (`Host`) is looked at in each request, where a form stood (`Origin`) in each that changes something,
and a token in a cookie that scripts cannot read. The answers forbid scripts within the page and everything from elsewhere.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

__all__ = ["HEADERS", "LARGEST", "guarded"]

LARGEST = 1024 * 1024  # bytes of a request's body

#: Said of every page. `same-origin` and not `no-referrer`: browsers then send `Origin: null` with forms.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_ON = b'<!doctype html><meta http-equiv="refresh" content="0;url=/"><a href="/">capitalise</a>'

Environ = Mapping[str, Any]
Start = Callable[..., Any]
App = Callable[[Any, Start], Iterable[bytes]]


def guarded(app: App, port: int, token: str, refused: str) -> App:
    """The application behind the guard; `refused` is the page that everybody else gets."""
    host = f"127.0.0.1:{port}"
    cookie = f"capitalise_{port}"

    def guard(environ: Environ, start: Start) -> Iterable[bytes]:
        status = _wrong(environ, host)
        if (
            not status
            and environ.get("REQUEST_METHOD") == "GET"
            and _is(parse_qs(environ.get("QUERY_STRING", "")).get("token", [""])[0], token)
        ):
            said = ("Set-Cookie", f"{cookie}={token}; HttpOnly; SameSite=Strict; Path=/")
            if environ.get("HTTP_SEC_FETCH_SITE", "none") in ("none", "same-origin"):
                start("303 See Other", [*HEADERS.items(), said, ("Location", "/"), ("Content-Length", "0")])
                return [b""]
            # from the private file that the browser was given: the cookie goes along from the next page on, not with a redirect
            start("200 OK", [*HEADERS.items(), said, ("Content-Type", "text/html"), ("Content-Length", str(len(_ON)))])
            return [_ON]
        if not status and not _is(_cookie(environ, cookie), token):
            status = "403 Forbidden"
        if status:
            body = refused.encode()
            length = ("Content-Length", str(len(body)))
            start(status, [*HEADERS.items(), ("Content-Type", "text/html; charset=utf-8"), length])
            return [body]

        def with_headers(code: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            own = {name.casefold() for name, _value in headers}
            return start(code, [*headers, *(pair for pair in HEADERS.items() if pair[0].casefold() not in own)], *more)

        return app(environ, with_headers)

    return guard


def _wrong(environ: Environ, host: str) -> str:
    """Why a request is none that our own pages send, as a status; "" where it may be one."""
    method = environ.get("REQUEST_METHOD")
    if environ.get("HTTP_HOST") != host:
        return "421 Misdirected Request"
    if method not in ("GET", "HEAD", "POST"):
        return "405 Method Not Allowed"
    if method == "POST" and environ.get("HTTP_ORIGIN") != f"http://{host}":
        return "403 Forbidden"
    if method == "POST" and environ.get("HTTP_SEC_FETCH_SITE", "same-origin") != "same-origin":
        return "403 Forbidden"
    length = environ.get("CONTENT_LENGTH") or "0"
    return "413 Content Too Large" if not length.isdecimal() or int(length) > LARGEST else ""


def _cookie(environ: Environ, name: str) -> str:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _is(said: str, token: str) -> bool:
    return hmac.compare_digest(said.encode(), token.encode())
