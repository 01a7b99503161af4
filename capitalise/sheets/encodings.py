"""Which encoding a text file of a French writer is in: told by its marks, by UTF-8's own grammar, then by French letters.

Statistics over languages (charset-normalizer and its kin) guess from a few short cells; a sheet of titles is too little for
them, and Windows' own encoding takes any byte for a letter. Here a reading counts only if every letter beyond ASCII is one
that French is written with, and stands where French has it: `RŽunion` is no word, `Réunion` is.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress

from capitalise.errors import SheetError
from capitalise.messages import N_

__all__ = ["decoded"]

_BINARY = {b"PK\x03\x04": "XLSX/ODS", b"\xd0\xcf\x11\xe0": "XLS", b"%PDF": "PDF"}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: Windows, the web's Latin-9, old Macs, DOS in Western Europe and elsewhere.
_OLD = ("cp1252", "iso8859-15", "mac-roman", "cp850", "cp437")
_FRENCH = frozenset("àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ«»’‘“”–—…€°·•№²³½¼¾×±µ§©®\u00a0\u202f\u2009\u00ad")
_NEIGHBOURS = frozenset("áíóúñãõåøßšžÁÍÓÚÑÃÕÅØŠŽ¿¡ýÝìòÌÒ")
STRANGE = 1000
#: A capital inside a word, or after a small letter: another encoding's small one.
_ODD = re.compile(r"[a-zà-öø-ÿœ][ÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ]|[A-Za-zÀ-ÿ][°·•²³½¼¾×±µ§©®€«»][a-zà-ÿ]")
#: What UTF-8 looks like, read as Windows' own and written as UTF-8 again.
_TWICE = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ\u009d“”¦]|Â[\u00a0«»°]")


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text of a file, and the encoding to write it back in. Raises SheetError for what is no text, or cannot be told."""
    kind = next((kind for magic, kind in _BINARY.items() if data.startswith(magic)), "")
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), "") or _wide(data)
    if kind or (b"\0" in data[:4096] and not marked.startswith("utf-16")):
        raise SheetError(
            N_(
                "%(file)s is not a CSV file but %(kind)s: save it as CSV (UTF-8).",
                file=name,
                kind=kind or N_("binary data"),
            )
        )
    try:
        text = data.decode(marked or "utf-8")
    except UnicodeDecodeError as error:
        if marked:
            raise SheetError(N_("%(file)s is damaged: save it as CSV (UTF-8).", file=name)) from error
        return _old(data, name, error.start)
    _refuse_twice(text, name)
    return text, marked or "utf-8"


def _wide(data: bytes) -> str:
    """UTF-16 without its mark: every second byte of Western text is zero."""
    even, odd = data[0:2000:2].count(0), data[1:2000:2].count(0)
    least = min(len(data), 2000) // 2 * 0.7
    return "utf-16-le" if odd > least and not even else "utf-16-be" if even > least and not odd else ""


def _old(data: bytes, name: str, first: int) -> tuple[str, str]:
    """A file in an encoding of one byte a letter: the only one in which it is French."""
    if re.search(
        rb"\xc3[\x80-\xbf]|\xe2\x80[\x90-\xbf]", data
    ):  # one stray byte in UTF-8 garbles every accent otherwise
        row = data[:first].count(b"\n") + 1
        raise SheetError(
            N_("%(file)s mixes two encodings, first on line %(row)d: save it as CSV (UTF-8).", file=name, row=row)
        )
    readings: dict[str, str] = {}
    for encoding in reversed(_OLD):  # of two that read it alike, the first
        with suppress(UnicodeDecodeError):
            readings[data.decode(encoding)] = encoding
    best, *others = sorted(readings, key=_strangeness)
    strange = _strangeness(best)
    certain = strange == 0 or (
        strange < STRANGE and readings[best] in _OLD[:2]
    )  # names of neighbours in what people use today
    if certain and all(_strangeness(other) > strange for other in others):
        return best, readings[best]
    raise SheetError(
        N_(
            "%(file)s is not UTF-8, and it cannot be told which letters its accents are (first on line %(row)d): open it in the "
            "program that made it, and save it as CSV (UTF-8).",
            file=name,
            row=data[:first].count(b"\n") + 1,
        )
    )


def _strangeness(text: str) -> int:
    """How little a reading looks like French: names of the neighbours a little, what no word has much."""
    beyond = Counter(letter for letter in text if letter > "\x7f" and letter not in _FRENCH)
    names = sum(count for letter, count in beyond.items() if letter in _NEIGHBOURS)
    return names + STRANGE * (beyond.total() - names + len(_ODD.findall(text)))


def _refuse_twice(text: str, name: str) -> None:
    found = _TWICE.search(text)
    if (
        found and len(_TWICE.findall(text)) > 1 and not re.search("[àâçéèêëîïôùûœÀÇÉÈÊ]", _TWICE.sub("", text))
    ):  # else somebody quotes such letters
        raise SheetError(
            N_(
                "%(file)s was converted to UTF-8 twice: its accents read as “%(letters)s” (line %(row)d). Open it in the program "
                "that made it, and save it as CSV (UTF-8).",
                file=name,
                letters=found[0],
                row=text[: found.start()].count("\n") + 1,
            )
        )
