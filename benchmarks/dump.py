"""What it costs to read an XML dump into its index, beside lxml.iterparse alone on the same file, and to check its links on one process and on two:
CPU, time and memory of a process each.

python -m benchmarks.dump                    200,000 pages from a seed (about 250 MB of XML in a temporary folder): half an hour
python -m benchmarks.dump --pages 5000
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="fr">
<siteinfo><sitename>Essai</sitename><dbname>essai</dbname><base>https://fr.exemple.org/wiki/Accueil</base><generator>MediaWiki</generator>
<case>first-letter</case><namespaces><namespace key="0" case="first-letter" /></namespaces></siteinfo>
"""
PAGE = """<page><title>Page {n}</title><ns>0</ns><id>{n}</id><revision><id>{n}</id><parentid>0</parentid><timestamp>2026-01-02T03:04:05Z</timestamp>
<contributor><username>Personne</username><id>1</id></contributor><comment>un résumé</comment><model>wikitext</model><format>text/x-wiki</format>
<text bytes="{size}" xml:space="preserve">{text}</text><sha1>x</sha1></revision></page>
"""
WORDS = [
    "le",
    "commun",
    "un",
    "jardin",
    "des",
    "règles",
    "[[Page {n}]]",
    "[[Page {n}|un autre]]",
    "'''mot'''",
    "{{{{Fiche|a=1}}}}",
    "voir",
    "https://exemple.org/x",
    "pour",
    "qui",
    "partage",
]

OURS = """
import sys
from pathlib import Path
from capitalise.wikis.dump import open_dump
wiki = open_dump("essai", Path(sys.argv[1]))
print(wiki.db.execute("SELECT count(*) FROM page").fetchone()[0])
"""
READ = """
import sys
from capitalise.wikis.dump_xml import DumpPage, read_dump
with open(sys.argv[1], "rb") as file:
    print(sum(isinstance(one, DumpPage) for one in read_dump(file)))
"""
BARE = """
import sys
from lxml import etree
count = 0
for _event, page in etree.iterparse(sys.argv[1], tag="{*}page", huge_tree=True):
    count += 1
    page.clear()
    while page.getprevious() is not None:
        del page.getparent()[0]
print(count)
"""
BOT = """kind = "crosslinks"
wiki = "essai"
outside = false
[[pages]]
wiki = "essai"
role = "research"
prefix = "Page"
"""
MEASURED = """
import resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def write_dump(path: Path, pages: int, dice: random.Random) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for n in range(1, pages + 1):
            text = " ".join(dice.choices(WORDS, k=dice.randint(20, 250))).replace("{n}", str(dice.randint(1, pages)))
            file.write(PAGE.format(n=n, text=text, size=len(text.encode())))
        file.write("</mediawiki>\n")


def measured(program: str, path: Path, cache: str) -> tuple[int, float, float]:
    """Pages, seconds of CPU, MB at most."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    command = [sys.executable, "-c", program + MEASURED, str(path)]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.split()
    return int(said[0]), float(said[1]), float(said[2])


def planned(folder: Path, jobs: int, cache: str) -> tuple[str, float, float]:
    """The plan, seconds on the clock, MB at most in the process that plans (a worker holds less)."""
    environment = {**os.environ, "XDG_CACHE_HOME": cache}
    program = f"""
import resource, sys
from capitalise.cli.main import main
try:
    main(["-C", {str(folder)!r}, "plan", "liens", "--json", "--jobs", "{jobs}"])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""
    path = folder / "planned.py"
    path.write_text(f"if __name__ == '__main__':\n    {program.strip().replace(chr(10), chr(10) + '    ')}\n", "utf-8")
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, str(path)], env=environment, capture_output=True, text=True, check=False)
    plan = "".join(line for line in done.stdout.splitlines(True) if '"run": ' not in line and '"created": ' not in line)
    return plan, time.perf_counter() - begun, float(done.stderr.split()[-1])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    print(f"{platform.platform()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "essai.xml"
        write_dump(path, asked.pages, random.Random(asked.seed))
        count, bare, least = measured(BARE, path, name)
        pages, read, memory = measured(READ, path, name)
        found, ours, most = measured(OURS, path, name)
        assert count == pages == found == asked.pages
        print(f"{asked.pages} pages, {path.stat().st_size >> 20} MB of XML")
        print(f"{'lxml.iterparse alone':24} {bare:6.1f} s CPU  {least:5.0f} MB")
        print(f"{'read page by page':24} {read:6.1f} s CPU  {memory:5.0f} MB  {read / bare:.2f} ×")
        print(f"{'read into the index':24} {ours:6.1f} s CPU  {most:5.0f} MB  {ours / bare:.2f} ×")
        (Path(name) / "bots").mkdir()
        (Path(name) / "bots" / "liens.toml").write_text(BOT, "utf-8")
        (Path(name) / "capitalise.toml").write_text(
            'contact = "benchmark"\n[wikis.essai]\ndump = "essai.xml"\n', "utf-8"
        )
        plan, one, most = planned(Path(name), 1, name)
        same, two, more = planned(Path(name), 2, name)
        assert plan == same and '"findings"' in plan
        print(f"{'links checked':24} {one:6.0f} s      {most:5.0f} MB")
        print(f"{'on two processes':24} {two:6.0f} s      {more:5.0f} MB  {two / one:.2f} × the time, the same plan")
    return 0


if __name__ == "__main__":
    sys.exit(main())
