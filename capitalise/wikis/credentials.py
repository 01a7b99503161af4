"""Who we are on a wiki: from the environment, a file that only its owner may read, or the system's keyring.

`CAPITALISE_<KEY>_USER` and `CAPITALISE_<KEY>_PASSWORD` (or `CAPITALISE_<KEY>_TOKEN`, an owner-only OAuth 2
token), else the table `[KEY]` with `user` and `password` or `token` in `credentials.toml`, which systemd hands
over (`LoadCredential=credentials.toml:…`, systemd.exec(5)) or which lies in the configuration folder of
capitalise; `keyring = true` there says that the secret is in the keyring. Never in
the workspace's TOML, on a command line, in a plan, a log or a traceback: a secret's `repr` does not show it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_state_path

from capitalise.errors import SettingsError
from capitalise.messages import N_

__all__ = [
    "Credentials",
    "credentials_file",
    "find_credentials",
    "find_http_password",
    "keep_credentials",
    "keep_http_password",
    "private_folder",
]

SERVICE = "capitalise"


@dataclass(frozen=True)
class Credentials:
    """A user name (for a bot password `Name@label`) with its password, or an OAuth 2 access token."""

    user: str
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def find_credentials(key: str, environment: Mapping[str, str] = os.environ) -> Credentials | None:
    """The account to use on a wiki, or None. Raises SettingsError for half an account or an open file."""
    prefix = f"CAPITALISE_{key.upper()}_"
    user, password = environment.get(f"{prefix}USER", ""), environment.get(f"{prefix}PASSWORD", "")
    if token := environment.get(f"{prefix}TOKEN", ""):
        return Credentials(user, token=token)
    if user and password:
        return Credentials(user, password)
    if user or password:
        raise SettingsError(
            N_("Set both %(user)s and %(password)s.", user=f"{prefix}USER", password=f"{prefix}PASSWORD")
        )
    if handed := environment.get("CREDENTIALS_DIRECTORY"):  # systemd keeps others out, whatever the mode looks like
        return _from_file(key, Path(handed) / "credentials.toml", private=True)
    return _from_file(key, credentials_file())


def find_http_password(key: str, environment: Mapping[str, str] = os.environ) -> str:
    """The password of the web server before a wiki: from `CAPITALISE_<KEY>_HTTP_PASSWORD`, or `http_password` in the wiki's table of the private
    file. Raises SettingsError where there is none."""
    name = f"CAPITALISE_{key.upper()}_HTTP_PASSWORD"
    if said := environment.get(name, ""):
        return said
    handed = environment.get("CREDENTIALS_DIRECTORY")
    path = Path(handed) / "credentials.toml" if handed else credentials_file()
    found = str(_table(key, path, private=bool(handed)).get("http_password", ""))
    if not found:
        raise SettingsError(
            N_(
                "“http_user” is set for the wiki “%(key)s”, and there is no password for it: type “capitalise login %(key)s --http”, or set %(name)s.",
                key=key,
                name=name,
            )
        )
    return found


def keep_http_password(key: str, password: str) -> str:
    """Store the password of the web server before a wiki in the private file. Returns where."""
    path = credentials_file()
    _write_table(key, {**_table(key, path), "http_password": password})
    return str(path)


def keep_credentials(key: str, account: Credentials) -> str:
    """Store an account: in the system's keyring if there is one, else in the private file. Returns where."""
    there = {name: said for name, said in _table(key, credentials_file()).items() if name == "http_password"}
    if _in_keyring(key, account.password or account.token):
        kept: dict[str, Any] = {"user": account.user, "keyring": True, "oauth": bool(account.token), **there}
        _write_table(key, kept)
        return "keyring"
    secret = {"token": account.token} if account.token else {"password": account.password}
    _write_table(key, {"user": account.user, **secret, **there})
    return str(credentials_file())


def private_folder() -> Path:
    """Where sessions are kept between runs; only its owner may look inside."""
    folder = user_state_path("capitalise")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def credentials_file() -> Path:
    return user_config_path("capitalise") / "credentials.toml"


def _in_keyring(key: str, secret: str) -> bool:
    try:
        import keyring
        from keyring.backends.fail import Keyring as NoKeyring
        from keyring.errors import KeyringError
    except ImportError:
        return False
    if isinstance(keyring.get_keyring(), NoKeyring):
        return False
    try:
        keyring.set_password(SERVICE, key, secret)
    except KeyringError:
        return False
    return keyring.get_password(SERVICE, key) == secret


def _secret_of(key: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError

        return keyring.get_password(SERVICE, key) or ""
    except (ImportError, KeyringError):
        return ""


def _write_table(key: str, values: Mapping[str, Any]) -> None:
    import tomlkit

    path = credentials_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    table = tomlkit.table()
    for name, value in values.items():
        table.add(name, value)
    document[key] = table
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(tomlkit.dumps(document))
    temporary.replace(path)


def _table(key: str, path: Path, *, private: bool = False) -> dict[str, Any]:
    """A wiki's table of the private file, {} for none. Raises SettingsError for a file that others can read, or that is none."""
    try:
        mode, data = path.stat().st_mode, path.read_bytes()
    except OSError:
        return {}
    if os.name == "posix" and mode & 0o077 and not private:
        raise SettingsError(
            N_("%(file)s can be read by others: do “chmod 600 %(file)s”, then change the passwords in it.", file=path)
        )
    try:
        return dict(tomllib.loads(data.decode()).get(key) or {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError):  # it may hold a password: not shown
        raise SettingsError(
            N_("%(file)s: the table [%(key)s] must hold “user” and “password”.", file=path, key=key)
        ) from None


def _from_file(key: str, path: Path, *, private: bool = False) -> Credentials | None:
    table = _table(key, path, private=private)
    try:
        found = _account(key, table) if table.keys() - {"http_password"} else None
    except (KeyError, TypeError):  # it may hold a password: not shown
        raise SettingsError(
            N_("%(file)s: the table [%(key)s] must hold “user” and “password”.", file=path, key=key)
        ) from None
    if found and not (found.password or found.token):
        raise SettingsError(
            N_("The keyring gives no password for “%(key)s”: type “capitalise login %(key)s” again.", key=key)
        )
    return found


def _account(key: str, table: Mapping[str, Any]) -> Credentials:
    if table.get("keyring"):
        secret = _secret_of(key)
        return Credentials(table["user"], token=secret) if table.get("oauth") else Credentials(table["user"], secret)
    if "token" in table:
        return Credentials(str(table.get("user", "")), token=str(table["token"]))
    return Credentials(str(table["user"]), str(table["password"]))
