"""A new workspace: settings, the bot, the kit's form and templates in a folder wiki."""

from __future__ import annotations

from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.files import reason
from capitalise.messages import N_

__all__ = ["make_workspace"]

_HERE = Path(__file__).parent


def make_workspace(directory: Path, *, sample: bool) -> list[Path]:
    """Write a workspace and return its files. Raises SettingsError where the folder holds one already."""
    if (directory / "capitalise.toml").exists():
        raise SettingsError(N_("%(dir)s is a workspace already; nothing was changed.", dir=directory))
    files = {Path("capitalise.toml"): _HERE / "capitalise.toml"}
    files |= {Path("bots") / p.name: p for p in _shipped("bots").glob("*.toml")}
    files |= {Path("wiki") / p.name: p for p in (_shipped("templates") / "kit").glob("*.wiki")}
    if sample:
        files |= {Path("wiki") / p.name: p for p in (_HERE / "sample").glob("*.wiki")}
    taken = [str(name) for name in files if (directory / name).exists()]
    if taken:
        raise SettingsError(
            N_("%(dir)s already holds %(files)s; choose an empty folder.", dir=directory, files=", ".join(taken))
        )
    for name, source in files.items():
        target = directory / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
        except OSError as error:
            raise SettingsError(N_("%(file)s cannot be written: %(why)s", file=target, why=reason(error))) from error
    return [directory / name for name in sorted(files)]


def _shipped(name: str) -> Path:
    """A folder that the wheel carries inside the package and a checkout has at its top."""
    inside = _HERE / name
    return inside if inside.is_dir() else _HERE.parent.parent / name
