"""The kit as a book for readers (EPUB 3), by pandoc from plain HTML."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from html import escape
from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.exports.formats import Wanted
from capitalise.exports.model import Chapter, Fiche, Kit, Tool, Words
from capitalise.exports.templates import shipped
from capitalise.installed import missing
from capitalise.messages import N_, render

__all__ = ["make"]

SECONDS = 300


def make(kit: Kit, wanted: Wanted) -> bytes:
    """The same kit gives the same bytes. Raises SettingsError where pandoc is missing or gives up."""
    try:
        import pypandoc

        program = pypandoc.get_pandoc_path()
    except (ImportError, OSError) as error:
        raise SettingsError(missing(N_("An EPUB"), "pypandoc_binary")) from error
    html = _book(kit)
    moment = int(kit.taken.timestamp()) if kit.taken else 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "kit.epub"
        styles = shipped("templates") / "print" / "epub.css"
        metadata = {
            "title": kit.title,
            "lang": kit.language,
            "rights": kit.licence,
            "publisher": kit.publisher,
            "date": f"{kit.taken:%Y-%m-%d}" if kit.taken else "",
            "identifier": f"urn:sha256:{hashlib.sha256(html.encode()).hexdigest()}",
        }
        said = [f"--metadata={key}={value}" for key, value in metadata.items() if value]
        said += [f"--metadata=author={name}" for name in kit.people]
        command = [
            program,
            "-f",
            "html",
            "-t",
            "epub3",
            f"--css={styles}",
            "--toc-depth=2",
            "--split-level=1",
            *said,
            "-o",
            str(out),
        ]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(moment)}
        try:
            done = subprocess.run(  # noqa: S603 - our own program; the HTML is clean and names no file
                command, input=html.encode(), capture_output=True, timeout=SECONDS, check=False, env=environment
            )
        except subprocess.TimeoutExpired as error:
            raise SettingsError(N_("The EPUB cannot be made: %(why)s", why=f"> {SECONDS} s")) from error
        if done.returncode or not out.exists():
            why = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["?"]
            raise SettingsError(N_("The EPUB cannot be made: %(why)s", why=why[0]))
        return out.read_bytes()


def _book(kit: Kit) -> str:
    heading = escape(render(N_("Foreword"), kit.language))
    parts = [f"<h1>{heading}</h1>{kit.foreword}"] if kit.foreword else []
    parts += [_chapter(one, kit.language) for one in kit.chapters if one.entries]
    people, licence = (
        render(N_("Who wrote this"), kit.language),
        escape(" · ".join(filter(None, (kit.publisher, kit.licence)))),
    )
    parts.append(f"<h1>{escape(people)}</h1><p>{escape(', '.join(kit.people))}</p><p>{licence}</p>")
    return f"<!doctype html><html lang='{kit.language}'><body>{''.join(parts)}</body></html>"


def _chapter(chapter: Chapter, language: str) -> str:
    title = chapter.name or render(N_("Not in a step yet"), language)
    return f"<h1>{escape(title)}</h1>{chapter.html}{''.join(map(_fiche, chapter.entries))}"


def _fiche(fiche: Fiche) -> str:
    body = "".join(one.html for one in fiche.body)
    question = f"<blockquote>{fiche.question.html}</blockquote>" if fiche.question.html else ""
    tools = f"<h3>{escape(fiche.tools_label)}</h3><ul>{''.join(map(_tool, fiche.tools))}</ul>" if fiche.tools else ""
    sections = "".join(map(_section, fiche.sections))
    page = f'<p><a href="{escape(fiche.page)}">{escape(fiche.page)}</a></p>' if fiche.page else ""
    return f"<h2>{escape(fiche.title)}</h2>{body}{question}{sections}{tools}{page}"


def _section(words: Words) -> str:
    return f"<h3>{escape(words.label)}</h3>{words.html}" if words.html else ""


def _tool(tool: Tool) -> str:
    name = f'<a href="{escape(tool.address)}">{escape(tool.name)}</a>' if tool.address else escape(tool.name)
    return f"<li><strong>{name}</strong>{tool.html}</li>"
