"""Fixtures: wikis to write to, a clock that does not wait, the command as people type it."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest

os.environ["LANGUAGE"] = "fr"  # before the command is imported: its help is made once

from tests import proved
from tests.linked import LINKED, Kit
from tests.mediawiki import farm as mediawiki
from tests.place import SAMPLE, FolderPlace, WikiPlace
from tests.processes import in_its_own, in_this_process

# A busy machine is no failure: how long an example takes says nothing of whether it is right.
# The same examples each time: a change is judged by what it does, not by a throw of dice.
# `make explore` throws, for whoever has the time to look at what turns up.
hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("same")
START = time.time()

# The command is started a thousand times and more: what Python compiled of it is kept, whatever the shell says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

#: What no line, file or traceback of a run may hold.
SECRETS = (mediawiki.BOT[1], *mediawiki.PEOPLE.values())


#: Tests that start processes take their time: a few, each with its reason.
MOST_APART = 130


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    apart = [mark for item in items if (mark := item.get_closest_marker("apart"))]
    assert all(mark.args for mark in apart), "a test that is apart says why"
    assert len(apart) <= MOST_APART, "too many tests start processes of their own"
    unmarked = [item.nodeid for item in items if _on_farm(item) and not item.get_closest_marker("mediawiki")]
    assert not unmarked, f"on the real wikis without the mark: {unmarked}"


def _on_farm(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "farm" in item.fixturenames


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in proved.lines(terminalreporter.stats, time.time() - START):
        terminalreporter.write_line(line)


class FakeClock:
    """Time that passes only by waiting. `during` is called at every wait: what the world does meanwhile."""

    def __init__(self) -> None:
        self.waited = 0.0
        self.during: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.waited)

    def seconds(self) -> float:
        return self.waited

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.during()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def running_farm() -> Iterator[mediawiki.Farm]:
    if not mediawiki.available():
        if os.environ.get("CI"):
            pytest.fail("MediaWiki is not installed: tests/mediawiki/install installs it, as root on a Debian")
        pytest.skip("MediaWiki is not installed (tests/mediawiki/install does it, as root on a Debian)")
    mediawiki.build()
    farm = mediawiki.Farm()
    farm.start()
    for key in mediawiki.WIKIS:  # whatever a run that was killed left behind
        farm.reset(key)
        for name in (SAMPLE, LINKED):
            farm.drop(key, name)
    yield farm
    farm.stop()


@pytest.fixture
def farm(running_farm: mediawiki.Farm) -> Iterator[mediawiki.Farm]:
    """The MediaWikis, each as new: those that answered anything are reset."""
    yield running_farm
    for key in mediawiki.WIKIS:
        if running_farm.requests(key):
            running_farm.reset(key)


@pytest.fixture(autouse=True, scope="session")
def _a_cache_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests ask of the library itself leaves nothing in the cache of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home of its own, French, with the bot's account on every test wiki."""
    home = tmp_path_factory.mktemp("home")
    accounts = {
        f"CAPITALISE_{k.upper()}_{name}": value
        for k in mediawiki.WIKIS
        for name, value in zip(("USER", "PASSWORD"), mediawiki.BOT, strict=True)
    }
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CAPITALISE_", "LC_", "LANG", "XDG_"))}
    return {
        **kept,
        **accounts,
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "fr",
        "PYTHONWARNINGS": "ignore",
        "NO_COLOR": "1",
        "PAGER": "cat",
    }


Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def capitalise(environment: dict[str, str], request: pytest.FixtureRequest) -> Iterator[Cli]:
    """`capitalise ARGUMENTS` in a folder, in a process of its own where the test is marked `apart`.
    Nothing it prints or leaves there may hold a password."""
    folders: set[Path] = set()
    start = in_its_own if request.node.get_closest_marker("apart") else in_this_process

    def run(folder: Path, *arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = start(["-C", str(folder), *arguments], environment)
        folders.add(folder)
        assert not _secrets(done.stdout + done.stderr)
        assert "Traceback" not in done.stderr
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    yield run
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert [path for path in files if _secrets(path.read_bytes().decode(errors="replace"))] == []


def _secrets(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture(params=["folder", pytest.param("mediawiki", marks=pytest.mark.mediawiki)])
def place(request: pytest.FixtureRequest, tmp_path: Path, capitalise: Cli) -> Iterator[FolderPlace | WikiPlace]:
    """The sample kit, its sheet just made from the wiki: in a folder, and on a real MediaWiki."""
    if request.param == "folder":
        made: FolderPlace | WikiPlace = FolderPlace(tmp_path / "kit", capitalise)
    else:
        request.getfixturevalue("farm")
        made = WikiPlace(tmp_path / "kit", capitalise)
    made.run()
    yield made
    made.close()


class Office:
    """LibreOffice without a screen, with a profile of its own."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile

    def saved(self, path: Path, kind: str = "") -> bytes:
        """The file as LibreOffice saves it after opening it."""
        kind = kind or path.suffix[1:]
        out = self.profile.parent / "saved"
        subprocess.run(
            [
                "soffice",
                f"-env:UserInstallation=file://{self.profile}",
                "--headless",
                "--convert-to",
                kind,
                "--outdir",
                str(out),
                str(path),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )
        return (out / f"{path.stem}.{kind}").read_bytes()


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    if not shutil.which("soffice"):
        if os.environ.get("CI"):
            pytest.fail("LibreOffice is not installed: tests/mediawiki/install installs it, as root on a Debian")
        pytest.skip("LibreOffice is not installed")
    return Office(tmp_path_factory.mktemp("office") / "profile")


@pytest.fixture
def linked(farm: mediawiki.Farm, tmp_path: Path, capitalise: Cli) -> Iterator[Kit]:
    """Three wikis whose pages quote each other, and the bot that looks at their links."""
    made = Kit(tmp_path / "kit", capitalise)
    yield made
    made.close()
