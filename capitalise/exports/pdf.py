"""Documents as PDF, by WeasyPrint; two pages on each sheet to fold, by pikepdf. The same document gives the same bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence

from capitalise.errors import SettingsError
from capitalise.exports.bounds import TooMuch, within
from capitalise.installed import missing
from capitalise.messages import N_, Message

__all__ = ["HOW_TO_PRINT", "folded", "page_numbers", "pdf", "printer_missing"]

SECONDS = 900  # a kit of 500 pages takes 2 to 3 minutes
MEMORY = 4 * 1024 * 1024 * 1024
SIGNATURE = 16  # pages on four sheets, folded into one another
_A4 = (841.89, 595.28)  # points, landscape

HOW_TO_PRINT = N_(
    "No PDF is made here (%(why)s). Open %(file)s in a browser and print it from there: paper A5, no margins, with background; a reader of "
    "PDF files prints the saved pages as a booklet."
)


def printer_missing() -> str:
    """Why no PDF can be made here, "" where one can."""
    try:
        import weasyprint  # noqa: F401 - needs Pango, which pip does not bring
    except (ImportError, OSError) as error:
        return str(error).strip().splitlines()[0][:120] or type(error).__name__
    return ""


def pdf(html: str) -> bytes:
    """Tagged, with the document's title and language; nothing outside the document is read."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    mark = hashlib.sha256(html.encode()).hexdigest()[:32]
    document = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    try:
        with within(SECONDS, MEMORY):
            made: bytes = document.write_pdf(pdf_tags=True, pdf_identifier=mark.encode())
    except (TooMuch, MemoryError) as error:
        raise SettingsError(
            N_(
                "The PDF takes more than %(minutes)d minutes or too much memory: export it step by step (--step), or as .html.",
                minutes=SECONDS // 60,
            )
        ) from error
    return made


def page_numbers(html: str) -> dict[str, int]:
    """On which page of a document each of its anchors stands."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    pages = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).render().pages
    return {name: number for number, page in reversed(list(enumerate(pages, 1))) for name in page.anchors}


def folded(data: bytes) -> bytes:
    """A4 sheets, two A5 pages on each side, in signatures of 16 pages to fold and put into one another."""
    try:
        import pikepdf
    except ImportError as error:
        raise SettingsError(_missing("pikepdf")) from error
    with pikepdf.open(io.BytesIO(data)) as book, pikepdf.new() as made:
        for pair in _pairs(len(book.pages)):
            made.add_blank_page(page_size=_A4)
            sheet = made.pages[-1]
            resources = pikepdf.Dictionary()
            content = []
            for side, number in enumerate(pair):
                if number is None:
                    continue
                form = made.copy_foreign(book.pages[number].as_form_xobject())
                resources[f"/P{side}"] = form
                content.append(f"q 1 0 0 1 {side * _A4[0] / 2:.3f} 0 cm /P{side} Do Q")
            sheet.Resources = pikepdf.Dictionary(XObject=resources)
            sheet.Contents = made.make_stream("\n".join(content).encode())
        out = io.BytesIO()
        made.save(out, deterministic_id=True)
    return out.getvalue()


def _pairs(pages: int) -> Iterator[Sequence[int | None]]:
    """Left and right page of each side of each sheet, front and back in turn; None for a blank one."""
    for first in range(0, pages, SIGNATURE):
        count = min(SIGNATURE, -(-(pages - first) // 4) * 4)
        numbers = [first + n if first + n < pages else None for n in range(count)]
        for sheet in range(count // 4):
            low, high = 2 * sheet, count - 1 - 2 * sheet
            yield numbers[high], numbers[low]
            yield numbers[low + 1], numbers[high - 1]


def _missing(name: str) -> Message:
    return missing(N_("A PDF"), name)
