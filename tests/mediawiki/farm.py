"""Four real MediaWikis for the tests: built once from Debian's packages, reset in milliseconds.

They run the newest long-term version that `install` could get (1.43, Debian 13's); with CAPITALISE_OLDER=1 the one that is
installed (1.39, Debian 12's), in folders of its own.

    python -m tests.mediawiki.farm build     make them (about a minute); does nothing where they are
    python -m tests.mediawiki.farm start     start nginx and php-fpm on loopback, and print the addresses

Everything lives in `.mediawiki/` (and `.mediawiki-1/` for a second test process) beside the project's files. Nothing is started as a system service.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
#: Which of several test processes this is (pytest-xdist): each has wikis and ports of its own.
WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
#: The long-term version, as `install` unpacks it, and the one that is installed.
NEWER, INSTALLED = Path("/opt/capitalise-tests/mediawiki"), Path("/usr/share/mediawiki")
OLDER = bool(os.environ.get("CAPITALISE_OLDER"))
SOURCE = INSTALLED if OLDER or not NEWER.is_dir() else NEWER
_CHOSEN = Path(os.environ.get("CAPITALISE_FARM", HERE.parent.parent / ".mediawiki"))
ROOT = _CHOSEN.with_name(_CHOSEN.name + "-older" * OLDER + f"-{WORKER}" * bool(WORKER))
PORT = int(os.environ.get("CAPITALISE_FARM_PORT", "18391")) + 10 * WORKER
WIKIS = ("communs", "wikiversite", "wikilivres", "movilab")
INTERWIKI = {
    "communs": ("lescommuns", "communs"),
    "wikiversite": ("v", "wikiversity"),
    "wikilivres": ("b", "wikibooks", "wikilivres"),
    "movilab": ("movilab",),
}
#: name → (password, groups); "Robot" logs in with a bot password.
PEOPLE = {"Admin": "mot-de-passe-admin", "Camille": "mot-de-passe-camille", "Robot": "mot-de-passe-robot"}
BOT = ("Robot@capitalise", "capitalise" + "0" * 22)


def available() -> bool:
    """Whether the packages are there."""
    return (
        (SOURCE / "maintenance").is_dir() and bool(_fpm()) and bool(shutil.which("nginx")) and bool(shutil.which("php"))
    )


def version() -> str:
    """MediaWiki's own number, as its source has it."""
    found = re.search(r"MW_VERSION', '([^']+)'", (SOURCE / "includes" / "Defines.php").read_text("utf-8"))
    return found[1] if found else "?"


def address(key: str) -> str:
    return f"http://127.0.0.1:{PORT + WIKIS.index(key)}/w/api.php"


def build() -> None:
    """Install the wikis and take the snapshots that `reset` goes back to."""
    stamp = ROOT / "built"
    wanted = f"{PORT} {version()} {(HERE / 'settings.php').read_text()}{Path(__file__).read_text()}"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    shutil.rmtree(ROOT, ignore_errors=True)
    for name in ("data", "snapshots", "l10n/plain", "l10n/guarded", "tmp"):
        (ROOT / name).mkdir(parents=True)
    shutil.copytree(SOURCE, ROOT / "w", symlinks=False, ignore=_not_needed, ignore_dangling_symlinks=True)
    (ROOT / "w" / "extensions-core").rename(ROOT / "w" / "extensions")
    for key in WIKIS:
        _install(key)
    for key in ("communs", "movilab"):  # one of each set of extensions
        _script(key, "rebuildLocalisationCache.php", "--lang=fr,en", "--force")
    for key in WIKIS:
        _snapshot(key)
    stamp.write_text(wanted)


def _not_needed(folder: str, names: list[str]) -> set[str]:
    return (
        {n for n in names if n in ("images", "LocalSettings.php", "tests", "docs", "cache", "extensions")}
        if Path(folder) == SOURCE
        else set()
    )


def _install(key: str) -> None:
    settings = ROOT / "w" / "LocalSettings.php"
    settings.unlink(missing_ok=True)
    (ROOT / "data" / key).mkdir()
    _script(
        key,
        "install.php",
        "--dbtype=sqlite",
        f"--dbpath={ROOT / 'data' / key}",
        f"--dbname={key}",
        "--scriptpath=/w",
        "--lang=fr",
        "--server=http://127.0.0.1",
        f"--pass={PEOPLE['Admin']}",
        "--confpath=" + str(ROOT / "tmp"),
        key,
        "Admin",
    )
    shutil.copy(HERE / "settings.php", settings)
    _script(key, "update.php", "--quick")
    _script(key, "createAndPromote.php", "Camille", PEOPLE["Camille"])
    _script(key, "createAndPromote.php", "--bot", "Robot", PEOPLE["Robot"])
    _script(
        key,
        "createBotPassword.php",
        "--appid=capitalise",
        "--grants=basic,highvolume,editpage,editprotected,createeditmovepage,uploadfile",
        "Robot",
        BOT[1],
    )
    with closing(sqlite3.connect(ROOT / "data" / key / f"{key}.sqlite")) as db, db:
        db.execute("DELETE FROM interwiki")
        rows = [
            (p, f"http://127.0.0.1:{PORT + WIKIS.index(w)}/wiki/$1")
            for w, prefixes in INTERWIKI.items()
            for p in prefixes
        ]
        db.executemany(
            "INSERT INTO interwiki (iw_prefix, iw_url, iw_api, iw_wikiid, iw_local, iw_trans) VALUES (?, ?, '', '', 1, 0)",
            rows,
        )


def _script(key: str, script: str, *arguments: str) -> None:
    environment = {**os.environ, **_variables(key)}
    done = subprocess.run(
        ["php", f"maintenance/{script}", *arguments],
        cwd=ROOT / "w",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script} for {key}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def rebuild_search(key: str) -> None:
    """The wiki's search finds what its pages hold now; by itself it would a little later."""
    _script(key, "rebuildtextindex.php")


def _variables(key: str) -> dict[str, str]:
    return {"FARM_DIR": str(ROOT), "FARM_WIKI": key, "FARM_PORT": str(PORT), "MW_INSTALL_PATH": str(ROOT / "w")}


def _snapshot_of(key: str, name: str = "") -> Path:
    """Where a wiki is kept as it was built, or under a name."""
    return ROOT / "snapshots" / f"{key}{name and '-' + name}.sqlite"


def _snapshot(key: str) -> None:
    path = ROOT / "data" / key / f"{key}.sqlite"
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=DELETE").fetchall()  # the installer of 1.43 leaves WAL, into which no backup goes
    db.execute("DELETE FROM objectcache")
    db.commit()
    db.close()
    shutil.copy(path, _snapshot_of(key))


def forget(key: str) -> None:
    """Empty a wiki's part of APCu: its sessions and its caches."""
    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/farm/forget?key={key}", timeout=10).read()


class Farm:
    """The running wikis. One process on a folder and its ports: a lock keeps two test runs apart."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        _configure()
        self._stop_stale()
        self._start_fpm()
        self.processes.append(
            subprocess.Popen(
                ["nginx", "-p", str(ROOT / "tmp"), "-c", str(ROOT / "tmp" / "nginx.conf"), "-g", "daemon off;"],
                stderr=subprocess.DEVNULL,
            )
        )
        _wait_for(f"{address('communs')}?action=query&format=json")

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
            process.wait(10)
        self.processes.clear()

    def keep(self, key: str, name: str) -> None:
        """A snapshot of the wiki as it is now, for `reset`."""
        live = sqlite3.connect(ROOT / "data" / key / f"{key}.sqlite", timeout=30)
        kept = sqlite3.connect(_snapshot_of(key, name))
        live.backup(kept)
        kept.close()
        live.close()

    def has(self, key: str, name: str) -> bool:
        """Whether there is a snapshot of that name."""
        return _snapshot_of(key, name).exists()

    def drop(self, key: str, name: str) -> None:
        """Forget a snapshot, if there is one."""
        _snapshot_of(key, name).unlink(missing_ok=True)

    def reset(self, key: str, kept: str = "") -> None:
        """The wiki as it was when built (or kept): no page but its own, everybody logged out,
        no trouble, nothing counted. Other wikis and who is logged in there stay."""
        for name in (f"trouble-{key}.json", f"requests-{key}.jsonl"):
            (ROOT / name).unlink(missing_ok=True)
        shutil.rmtree(ROOT / "data" / key / "images", ignore_errors=True)
        # SQLite's own copy takes its locks: the wiki may still be busy with what follows its last answer.
        snapshot = sqlite3.connect(_snapshot_of(key, kept))
        live = sqlite3.connect(ROOT / "data" / key / f"{key}.sqlite", timeout=30)
        snapshot.backup(live)
        live.close()
        snapshot.close()
        forget(key)

    def trouble(self, key: str, **what: object) -> None:
        """Let the wiki misbehave: readonly, maxlag, limit, diff3, private, small (see settings.php). No argument ends it."""
        path = ROOT / f"trouble-{key}.json"
        if what:
            path.write_text(json.dumps(what))
        else:
            path.unlink(missing_ok=True)

    def requests(self, key: str) -> list[Mapping[str, object]]:
        """The requests that the wiki has answered since the last reset."""
        path = ROOT / f"requests-{key}.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _start_fpm(self) -> None:
        root = ["-R"] if os.geteuid() == 0 else []
        # Sessions live in APCu, which forgets everything when it is full: 32 MB, unless said on the command line.
        # MediaWiki's own code fills the usual room for its words to the last byte.
        memory = ["-d", "apc.shm_size=512M", "-d", "opcache.interned_strings_buffer=32"]
        self.processes.append(
            subprocess.Popen(
                [_fpm(), "-F", "-y", str(ROOT / "tmp" / "fpm.conf"), *memory, *root], stderr=subprocess.DEVNULL
            )
        )

    def _stop_stale(self) -> None:
        """End servers that a killed test run left behind."""
        for name in ("nginx.pid", "fpm.pid"):
            path = ROOT / "tmp" / name
            if path.exists():
                try:
                    os.kill(int(path.read_text()), signal.SIGTERM)
                    time.sleep(0.5)
                except (OSError, ValueError):
                    pass
                path.unlink(missing_ok=True)


def _fpm() -> str:
    return shutil.which("php-fpm") or next((str(p) for p in sorted(Path("/usr/sbin").glob("php-fpm*"))), "")


def _configure() -> None:
    tmp = ROOT / "tmp"
    servers = "".join(_server(key, PORT + number) for number, key in enumerate(WIKIS))
    (tmp / "forget.php").write_text(
        "<?php $keys = []; foreach ( new APCUIterator( '/global:|:?' . preg_quote( $_GET['key'] ) . ':/' ) as $one )"
        " { $keys[] = $one['key']; } apcu_delete( $keys ); echo 'ok';"
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp / "nginx.conf").write_text(f"""{user}
worker_processes 1; pid {tmp}/nginx.pid; error_log {tmp}/nginx.log;
events {{ worker_connections 256; }}
http {{
  access_log off; client_max_body_size 64m; client_body_temp_path {tmp}/body; fastcgi_temp_path {tmp}/fastcgi;
  proxy_temp_path {tmp}/proxy; uwsgi_temp_path {tmp}/uwsgi; scgi_temp_path {tmp}/scgi;
  types {{ text/css css; application/javascript js; image/png png; image/svg+xml svg; }}
  {servers}
}}
""")
    owner = "user = root\ngroup = root\n" if os.geteuid() == 0 else ""
    (tmp / "fpm.conf").write_text(f"""[global]
pid = {tmp}/fpm.pid
error_log = {tmp}/fpm.log
[www]
{owner}listen = {tmp}/fpm.sock
pm = static
pm.max_children = 4
clear_env = no
php_admin_value[memory_limit] = 512M
php_admin_value[post_max_size] = 64M
php_admin_value[opcache.validate_timestamps] = 0
""")


def _server(key: str, port: int) -> str:
    parameters = "".join(
        f"fastcgi_param {k} {v};"
        for k, v in {
            **_variables(key),
            "QUERY_STRING": "$query_string",
            "REQUEST_METHOD": "$request_method",
            "CONTENT_TYPE": "$content_type",
            "CONTENT_LENGTH": "$content_length",
            "REQUEST_URI": "$request_uri",
            "SERVER_PROTOCOL": "$server_protocol",
            "REMOTE_ADDR": "$remote_addr",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": port,
        }.items()
    )
    return f"""
  server {{
    listen 127.0.0.1:{port};
    root {ROOT};
    location = /farm/forget {{ fastcgi_pass unix:{ROOT}/tmp/fpm.sock; {parameters} fastcgi_param SCRIPT_FILENAME {ROOT}/tmp/forget.php; }}
    location ~ ^/w/(index|api|load)\\.php$ {{ fastcgi_pass unix:{ROOT}/tmp/fpm.sock; {parameters} fastcgi_param SCRIPT_FILENAME {ROOT}$fastcgi_script_name; fastcgi_param SCRIPT_NAME $fastcgi_script_name; }}
    location /wiki/ {{ fastcgi_pass unix:{ROOT}/tmp/fpm.sock; {parameters} fastcgi_param SCRIPT_FILENAME {ROOT}/w/index.php; fastcgi_param SCRIPT_NAME /w/index.php; }}
    location /w/images/ {{ alias {ROOT}/data/{key}/images/; }}
    location /w/resources/ {{ }}
    location /w/skins/ {{ }}
  }}"""


def _wait_for(url: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=30).read()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    build()
    if sys.argv[1:] == ["start"]:
        farm = Farm()
        farm.start()
        for wiki in WIKIS:
            print(f"{wiki:12} {address(wiki)}")
        print(f"bot: {BOT[0]} / {BOT[1]}; people: {PEOPLE}")
        try:
            signal.pause()
        except KeyboardInterrupt:
            farm.stop()
