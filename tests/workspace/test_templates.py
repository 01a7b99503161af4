"""Templates that people write: what they put into a page is escaped, what they do wrong is one sentence with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from capitalise.errors import SettingsError
from capitalise.exports import bounds
from capitalise.exports.templates import render_template
from capitalise.messages import render
from tests.conftest import Cli
from tests.golden import GOLDEN, made
from tests.place import ROOT
from tests.reports import Shelf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    return tmp_path


def filled(folder: Path, text: str, **values: object) -> str:
    (folder / "templates" / "essai.wiki.jinja").write_text(text, "utf-8")
    return render_template("essai.wiki.jinja", folder, "fr", **values)


def why(folder: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        filled(folder, text, name="Zoé")
    return render(caught.value.message, "fr")


def test_words_are_escaped_and_wikitext_passes_by_its_filter(folder: Path) -> None:
    words = "{{modèle}} [[lien]] '''gras''' <b>"
    assert "{{" not in filled(folder, "{{ words }}", words=words)
    assert filled(folder, "{{ words | wikitext }}", words=words) == words
    assert filled(folder, "{{ words ~ words }}", words="[[x]]") == "&#91;&#91;x&#93;&#93;" * 2
    assert "[[" not in filled(folder, "{{ [words, words] | join(', ') }}", words="[[x]]")
    assert "[[" not in filled(
        folder, "{% set y = words %}{{ y }}{% filter upper %}{{ words }}{% endfilter %}", words="[[x]]"
    )
    assert filled(folder, "{% macro a(x) %}* {{ x }}{% endmacro %}{{ a(words) | wikitext }}", words="[[x]]") == (
        "* &#91;&#91;x&#93;&#93;"
    )
    assert filled(folder, "{{ 12 }} {{ 1234 | number }}") == "12 1\u202f234"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("un\n{% if %}\n", 2),
        ("un\n\n{{ nom }}\n", 3),
        ("{{ name.__class__.__mro__ }}", 1),
        ("un\n{{ ''.__class__ }}", 2),
        ("{{ 1 / 0 }}", 1),
        ("{{ name | unknown }}", 1),
        ("{% macro a() %}{{ a() }}{% endmacro %}\n{{ a() }}", 1),
        ("{{ 9 ** 999999 }}", 1),
        ("{{ name * 99999999 }}", 1),
        ("{% for i in range(999999999) %}{% endfor %}", 1),
    ],
)
def test_a_mistake_is_one_sentence_with_file_and_line(folder: Path, text: str, line: int) -> None:
    assert f"essai.wiki.jinja, ligne {line}" in why(folder, text)


def test_a_template_without_end_is_ended(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 1)
    endless = "{% for a in range(90000) %}{% for b in range(90000) %}{% set c = a + b %}{% endfor %}{% endfor %}"
    assert "ne se termine pas" in why(folder, endless)


def test_a_template_that_grows_without_end_is_ended(folder: Path) -> None:
    growing = "{% macro a(s, n) %}{% if n %}{{ a(s ~ s, n - 1) }}{% endif %}{% endmacro %}{{ a(name, 40) }}"
    assert "qu'une page ne peut contenir" in why(folder, growing)


def test_a_missing_template_is_named(folder: Path) -> None:
    assert "rien.wiki.jinja" in why(folder, "{% include 'rien.wiki.jinja' %}")


def test_nothing_is_half_published_by_a_broken_template(tmp_path: Path, capitalise: Cli) -> None:
    shelf = Shelf(tmp_path / "kit", capitalise)
    own = shelf.folder / "templates" / "roumics" / "suites.wiki.jinja"
    own.parent.mkdir(parents=True)
    own.write_text("== Suites ==\n{{ outcomes.__class__ }}", "utf-8")
    done = capitalise(shelf.folder, "run", "roumics", "--yes", code=2)
    assert "roumics/suites.wiki.jinja, ligne 2" in done.stderr
    assert list((shelf.folder / "wiki").glob("*.wiki")) == []


def test_each_template_of_the_reports_makes_what_it_made(tmp_path: Path) -> None:
    """`python -m tests.golden` writes the files anew."""
    texts = made(tmp_path)
    names = {path.name.removesuffix(".wiki.jinja") for path in (ROOT / "templates" / "roumics").glob("*.jinja")}
    assert set(texts) == names
    expected = {name: (GOLDEN / f"{name}.wiki").read_text("utf-8").rstrip("\n") for name in names}
    assert texts == expected
