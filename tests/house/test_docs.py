"""The docs: what is generated is fresh, the site builds without a warning, and every command that they show exists with its options."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from capitalise.cli.main import main
from docs import settings
from tests.place import ROOT

PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
_SHOWN = re.compile(r"(?:^|&& )(?:[A-Z_]+=\S+ |[\d*] )*(?:[\w./]*/)?capitalise((?: +[^\s`#|>&]+)+)")


def test_the_page_of_settings_is_what_the_readers_of_settings_ask_for() -> None:
    assert settings.PAGE.read_text("utf-8") == settings.page(), "run: python -m docs.settings"


@pytest.mark.apart("sphinx-build")
def test_the_docs_are_a_site_without_a_dead_link(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", str(ROOT / "docs"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    there = {path.stem for path in tmp_path.glob("*.html")}
    assert {page.stem for page in PAGES if page.stem != "README"} <= there
    index = (tmp_path / "index.html").read_text("utf-8")
    missing = [p.stem for p in PAGES if p.stem not in ("README", "index") and f'href="{p.stem}.html"' not in index]
    assert missing == []


def shown_commands(text: str) -> Iterator[list[str]]:
    """What stands behind `capitalise` in code blocks and between backticks, as words."""
    code = [line for line in text.splitlines() if line.startswith(("    ", "capitalise ", "LANGUAGE="))]
    code += re.findall(r"`([^`\n]+)`", text)
    for line in code:
        for found in _SHOWN.finditer(re.sub(r"\s{2,}.*|\s#.*", "", line.strip())):
            try:
                yield shlex.split(found[1])
            except ValueError:  # a quote that goes on elsewhere
                yield found[1].split()


def wrong_in(words: list[str]) -> str:
    """What is wrong with a command line: no such command, or no such option; "" where it could be typed."""
    command: click.Command = main
    context = click.Context(main)
    for number, word in enumerate(words):
        if word.startswith("-") or not isinstance(command, click.Group):
            break
        found = command.get_command(context, word)
        if found is None:
            return "" if number else f"no command {word}"
        command, context = found, click.Context(found)
    options = {name for one in (*command.params, *main.params) for name in (*one.opts, *one.secondary_opts)} | {
        "--help",
        "-h",
    }
    typed = [word.partition("=")[0] for word in words if word.startswith("--") and len(word) > 2]
    unknown = [word.rstrip(".,;:)") for word in typed if word.rstrip(".,;:)") not in options]
    return f"no option {', '.join(unknown)}" if unknown else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_that_is_shown_can_be_typed(page: Path) -> None:
    names = set(main.list_commands(click.Context(main)))
    shown = [
        words
        for words in shown_commands(page.read_text("utf-8"))
        if words[0] in names or (words[0].islower() and words[0].isascii())
    ]
    assert [(words, wrong) for words in shown if (wrong := wrong_in(words))] == []


def test_a_command_that_does_not_exist_is_seen() -> None:
    assert wrong_in(["plan", "ingredients", "--htlm", "x"]) == "no option --htlm"
    assert wrong_in(["plna", "ingredients"]) == "no command plna"
    assert list(shown_commands("    capitalise plan ingredients --html x.html   # voir")) == [
        ["plan", "ingredients", "--html", "x.html"]
    ]
