"""The normaliser on real forms and pages: what it understands, what it leaves alone, how long it takes.

    python -m benchmarks.normalise DATA          DATA: a folder with NAME/*.wiki, pages.jsonl.gz, mediawiki-calls.jsonl.gz
    python -m benchmarks.normalise DATA --quick  a tenth of the pages

Forms are read where DATA has them; pages without one get a form of their own calls: each template a form template, each
parameter a text field. Times are CPU seconds of this process, the peer (mwparserfromhell.parse of the same texts) in the
same run.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import platform
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from capitalise.bots.normalise.catalogue import RULES
from capitalise.bots.normalise.page import normalise_page, prepare
from capitalise.errors import Skip
from capitalise.forms.definition import read_form
from capitalise.forms.rules.outcome import World
from capitalise.forms.schema import Schema, build_schema
from capitalise.forms.tags import find_tags
from capitalise.forms.template import Parameter, TemplateReading
from capitalise.wikitext.calls import SPACE, Call, find_calls
from capitalise.wikitext.preprocessor import CORE_TAGS, preprocess, walk

#: The extension tags of the server that wrote mediawiki-calls.jsonl.gz, and those whose inside it read as wikitext.
TAGS = frozenset(
    [
        "nowiki",
        "pre",
        "gallery",
        "indicator",
        "langconvert",
        "ref",
        "references",
        "poem",
        "syntaxhighlight",
        "source",
        "math",
        "chem",
        "ce",
        "inputbox",
        "imagemap",
        "categorytree",
        "templatedata",
    ]
)
READ_INSIDE = {"ref", "references", "poem"}
RUNNING = frozenset(rule.id for rule in RULES if not rule.asked)
WORLD = World("en")
REPEAT = 5


def main(arguments: Sequence[str]) -> int:
    if not arguments or not Path(arguments[0]).is_dir():
        print(__doc__)
        return 2
    data, step = Path(arguments[0]), 10 if "--quick" in arguments else 1
    pages = dict(list(read_pages(data).items())[::step])
    print(f"{platform.platform()}, Python {platform.python_version()}, {date.today()}; {len(pages)} pages of {data}\n")
    bad = forms(data) + calls(data, pages) + untouched(pages) + changes(pages)
    speed(pages)
    return 1 if bad else 0


def read_pages(data: Path) -> dict[str, str]:
    pages = {f"{path.parent.name}/{path.name}": path.read_text("utf-8") for path in sorted(data.glob("*/*.wiki"))}
    packed = data / "pages.jsonl.gz"
    if packed.exists():
        with gzip.open(packed, "rt", encoding="utf-8") as lines:
            pages |= {page["file"]: page["text"] for page in map(json.loads, lines)}
    return pages


def form_texts(data: Path) -> dict[str, str]:
    """Every form page of DATA, by a name."""
    texts = {
        p.name: p.read_text("utf-8") for p in data.glob("*/*.wiki") if "-Form_" in p.name or "-Formulaire_" in p.name
    }
    packed = data / "pageforms-definitions.jsonl"
    if packed.exists():
        rows = [json.loads(line) for line in packed.read_text("utf-8").splitlines()]
        texts |= {f"{r['page']} ({n})": r["contents"] for n, r in enumerate(rows) if r["namespace"] == "PF_NS_FORM"}
    return texts


def forms(data: Path) -> int:
    texts = form_texts(data)
    read = {name: read_form(text) for name, text in texts.items()}
    lost = [name for name, text in texts.items() if len(list(find_tags(text))) != len(read[name].constructs)]
    kinds = Counter(c.kind for form in read.values() for c in form.constructs)
    unknown = Counter(key for form in read.values() for c in form.constructs for key in c.unknown)
    print(
        f"forms            {len(texts)}: {sum(kinds.values())} tags ({', '.join(f'{n} {k}' for k, n in kinds.most_common())})"
    )
    print(f"  not accounted  {len(lost)} {lost[:3] if lost else ''}")
    print(f"  kept, unknown  {sum(unknown.values())} options ({', '.join(unknown)})")
    return len(lost)


def calls(data: Path, pages: dict[str, str]) -> int:
    """Calls as MediaWiki's own preprocessor read them, a page at a time."""
    path = data / "mediawiki-calls.jsonl.gz"
    if not path.exists():
        return 0
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        truth = {row["file"]: row["page"] for row in map(json.loads, lines)}
    wrong = [name for name, text in pages.items() if name in truth and read_calls(text) != truth[name]]
    count = sum(len(truth[name]) for name in pages if name in truth)
    print(
        f"calls            {count} on {sum(name in truth for name in pages)} pages, read otherwise than MediaWiki: {len(wrong)} pages {wrong[:3] or ''}"
    )
    return len(wrong)


def read_calls(text: str) -> list[Any]:
    return [
        [call.name, [[p.name, hashlib.md5(p.value.strip(SPACE).encode()).hexdigest()[:10]] for p in call.parameters]]
        for _start, call in sorted(placed_calls(text, 0), key=lambda one: one[0])
    ]


def placed_calls(text: str, at: int) -> Iterator[tuple[int, Call]]:
    """Every call and where it starts on the page, those inside references and poems included."""
    yield from ((at + call.start, call) for call in find_calls(text, TAGS))
    for node in walk(preprocess(text, TAGS)):
        opening = re.compile(r"<(\w+)[^>]*(?<!/)>").match(text, node.start) if node.kind == "tag" else None
        if opening and opening[1].lower() in READ_INSIDE:
            yield from placed_calls(
                text[opening.end() : text.rindex("</", opening.end() - 1, node.end)], at + opening.end()
            )


def schema_of(texts: Iterable[str]) -> Schema:
    """A form of the calls that stand on some pages."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for text in texts:
        for call in find_calls(text, CORE_TAGS):
            if not set(call.name) & set(":#<{|[\n"):
                names[call.name[:1].upper() + call.name[1:].replace("_", " ")] |= dict.fromkeys(
                    p.name for p in call.parameters if p.named
                )
    names = {name: fields for name, fields in names.items() if fields}
    form = "".join(
        f"{{{{{{for template|{name}|multiple}}}}}}"
        + "".join(f"{{{{{{field|{f}}}}}}}" for f in fields if safe(f))
        + "{{{end template}}}"
        for name, fields in names.items()
        if safe(name)
    )
    readings = {name: TemplateReading({f: Parameter(f) for f in fields}) for name, fields in names.items()}
    return build_schema("bench", read_form(form), readings, {})


def safe(name: str) -> bool:
    return bool(name) and not set(name) & set("{}|[]<>\n=")


def groups(pages: dict[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for name, text in pages.items():
        found[name.split("/")[0]][name] = text
    return found


def untouched(pages: dict[str, str]) -> int:
    """A run in which no rule is switched on."""
    changed = 0
    for some in groups(pages).values():
        prepared = prepare(schema_of(some.values()), CORE_TAGS)
        changed += sum(normalise_page(text, prepared, WORLD, frozenset()).text != text for text in some.values())
    print(f"no rule on       {len(pages)} pages, not byte for byte as before: {changed}")
    return changed


def changes(pages: dict[str, str]) -> int:
    """All rules on: what changes, what is refused, whether a second time changes more."""
    counts: Counter[str] = Counter()
    for some in groups(pages).values():
        prepared = prepare(schema_of(some.values()), CORE_TAGS)
        for text in some.values():
            try:
                once = normalise_page(text, prepared, WORLD, RUNNING)
                again = normalise_page(once.text, prepared, WORLD, RUNNING)
            except Skip:
                counts["left alone: not certain"] += 1
                continue
            counts["changed"] += once.text != text
            counts["values"] += len(once.changes)
            counts["changed again the second time"] += again.text != once.text
            counts["rest of the page changed"] += outside(text) != outside(once.text)
    print("all rules on     " + ", ".join(f"{name}: {count}" for name, count in counts.items()))
    return counts["changed again the second time"]


def outside(text: str) -> str:
    """The page without its calls."""
    calls = [c for c in find_calls(text, CORE_TAGS) if not c.inside]
    for call in reversed(calls):
        text = text[: call.start] + text[call.end :]
    return text


def speed(pages: dict[str, str]) -> None:
    from mwparserfromhell import parse

    prepared = {name: prepare(schema_of(some.values()), CORE_TAGS) for name, some in groups(pages).items()}
    managed = {n: t for n, t in pages.items() if prepared[n.split("/")[0]].pattern.search(t)}

    def normalise(name: str, text: str) -> None:
        with contextlib.suppress(Skip):
            normalise_page(text, prepared[name.split("/", maxsplit=1)[0]], WORLD, RUNNING)

    works: dict[str, Callable[[str, str], object]] = {
        "mwparserfromhell.parse": lambda _name, text: parse(text),
        "all rules": normalise,
        "no rule": lambda name, text: normalise_page(text, prepared[name.split("/")[0]], WORLD, frozenset()),
        "calls alone": lambda _name, text: find_calls(text, CORE_TAGS),
    }
    best = {label: float("inf") for label in works}
    for _time in range(REPEAT):  # in turn, so that a busy machine is busy for all of them
        best = {label: min(best[label], cpu(managed, work)) for label, work in works.items()}
    size = sum(map(len, managed.values()))
    print(
        f"CPU              {len(managed)} pages with a managed call, {size / 1e6:.1f} M characters, best of {REPEAT}:"
    )
    for label, seconds in best.items():
        print(f"  {label:<24}{seconds:8.2f} s  {seconds / best['mwparserfromhell.parse']:5.2f} ×")
    for group, some in groups(managed).items():
        parsed, rules = (min(cpu(some, works[label]) for _time in range(REPEAT)) for label in list(works)[:2])
        print(f"    {group:<32}{len(some):5} pages  {rules / parsed:5.2f} ×")


def cpu(pages: dict[str, str], work: Callable[[str, str], object]) -> float:
    start = time.process_time()
    for name, text in pages.items():
        work(name, text)
    return time.process_time() - start


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
