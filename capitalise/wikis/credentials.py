"""Who we are on a wiki: from the environment, or from a file that only its owner may read.

`CAPITALISE_<KEY>_USER` and `CAPITALISE_<KEY>_PASSWORD`, else the table `[KEY]` with `user` and
`password` in `credentials.toml` in the configuration folder of capitalise. Never in the workspace's
TOML, on a command line, in a plan, a log or a traceback: a password's `repr` does not show it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_config_path, user_state_path

from capitalise.errors import SettingsError
from capitalise.messages import N_

__all__ = ["Credentials", "find_credentials", "private_folder"]


@dataclass(frozen=True)
class Credentials:
    """A user name (for a bot password `Name@label`) and its password."""

    user: str
    password: str = field(repr=False)


def find_credentials(key: str, environment: Mapping[str, str] = os.environ) -> Credentials | None:
    """The account to use on a wiki, or None. Raises SettingsError for half an account or an open file."""
    prefix = f"CAPITALISE_{key.upper()}_"
    user, password = environment.get(f"{prefix}USER", ""), environment.get(f"{prefix}PASSWORD", "")
    if user and password:
        return Credentials(user, password)
    if user or password:
        raise SettingsError(
            N_("Set both %(user)s and %(password)s.", user=f"{prefix}USER", password=f"{prefix}PASSWORD")
        )
    return _from_file(key, user_config_path("capitalise") / "credentials.toml")


def private_folder() -> Path:
    """Where sessions are kept between runs; only its owner may look inside."""
    folder = user_state_path("capitalise")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _from_file(key: str, path: Path) -> Credentials | None:
    try:
        mode, data = path.stat().st_mode, path.read_bytes()
    except OSError:
        return None
    if os.name == "posix" and mode & 0o077:
        raise SettingsError(
            N_("%(file)s can be read by others: do “chmod 600 %(file)s”, then change the passwords in it.", file=path)
        )
    try:
        table = tomllib.loads(data.decode()).get(key)
        return Credentials(str(table["user"]), str(table["password"])) if table else None
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
    ):  # the text may hold a password: not shown
        raise SettingsError(
            N_("%(file)s: the table [%(key)s] must hold “user” and “password”.", file=path, key=key)
        ) from None
