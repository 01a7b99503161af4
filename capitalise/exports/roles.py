"""The table `[export]` of a bot's TOML: which field is what in the kit."""

from __future__ import annotations

from capitalise.exports.model import Roles
from capitalise.toml import TomlReader, read_fields

__all__ = ["read_roles"]


def read_roles(reader: TomlReader) -> Roles:
    """What is wrong in it is put among the reader's problems."""
    table = TomlReader(f"{reader.name} [export]", reader.take("export", dict, {}), reader.problems)
    roles = read_fields(table, Roles)
    table.done()
    return roles
