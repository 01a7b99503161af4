"""Everything that can stop or skip work, each with the sentence the user reads.

CapitaliseError            exit 1   a clear sentence instead of a traceback
├── SettingsError          exit 2   capitalise.toml, bots/*.toml, an argument
├── SheetError                      the sheet cannot be read or written
├── WikiError                       the wiki cannot be reached or does not answer as one
│   └── Refused                     the wiki answered with an error; `code` is the server's own
│       └── MembersOnly             only members may read it, and nobody is logged in
├── Unexpected                      a bug, with the exception as its cause
└── Stop                            the whole run ends here (blocked, captcha, session lost)
    └── StoppedByPerson    exit 5   Ctrl-C or a stop page

Skip                       never reaches the user as an error: one page is left alone, the run goes on
└── Stale                  the page changed since the plan read it
Busy                       the wiki asked to wait, and was waited for; nothing was saved, look at the page again
Unclear                    the answer to an edit was lost: only reading back tells what happened
"""

from __future__ import annotations

from typing import Any

from capitalise.messages import N_, Message, render

__all__ = [
    "WAITING",
    "Busy",
    "CapitaliseError",
    "MembersOnly",
    "Refused",
    "SettingsError",
    "SheetError",
    "Skip",
    "Stale",
    "Stop",
    "StoppedByPerson",
    "Unclear",
    "Unexpected",
    "WikiError",
]


#: The exit code of a command that did what it could, where something waits for a person.
WAITING = 3


class _Carried(Exception):
    """An exception that comes whole from another process: by default only its arguments would."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _revived, (type(self), self.args, dict(self.__dict__))


def _revived(kind: type[Exception], args: tuple[Any, ...], said: dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(said)
    return error


class CapitaliseError(_Carried):
    """An error with a message for the user and the exit code of the process."""

    exit_code = 1

    def __init__(self, message: Message) -> None:
        super().__init__(render(message, "en"))
        self.message = message


class SettingsError(CapitaliseError):
    exit_code = 2


class SheetError(CapitaliseError):
    pass


class WikiError(CapitaliseError):
    pass


class Refused(WikiError):
    """The wiki's API answered with an error."""

    def __init__(self, message: Message, code: str) -> None:
        super().__init__(message)
        self.code = code


class MembersOnly(Refused):
    """A wiki that only its members may read, and nobody is logged in."""


class Unexpected(CapitaliseError):
    """Something that nobody thought of; `__cause__` is what happened."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            N_(
                "Something unexpected happened (%(what)s). Start again with --debug in front of the command's name, and send "
                "what it prints.",
                what=f"{type(cause).__name__}: {cause}"[:200],
            )
        )
        self.__cause__ = cause


class Stop(CapitaliseError):
    pass


class StoppedByPerson(Stop):
    exit_code = 5


class Skip(_Carried):
    """This page is left as it is; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(render(message, "en"))
        self.message = message


class Stale(Skip):
    pass


class Busy(_Carried):
    """Nothing was saved, and the wait is over. `too_fast`: edits are to come more slowly from now on."""

    def __init__(self, *, too_fast: bool = False) -> None:
        super().__init__("too fast" if too_fast else "busy")
        self.too_fast = too_fast


class Unclear(Exception):
    """No usable answer came back: the edit may or may not have been saved."""
