"""What a bot does, a line each, for a log: as text, or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from capitalise.cli.main import LANGUAGE
from capitalise.errors import CapitaliseError, StoppedByPerson
from capitalise.messages import N_, Message, render
from capitalise.plans.model import Conflict, Finding, Plan
from capitalise.runs.apply import PageOutcome, RunReport, Status

__all__ = ["FORMATS", "Log"]

FORMATS = ("text", "json")


class Log:
    """Lines on standard output, as things happen. `form` is one of FORMATS."""

    def __init__(self, form: str, bot: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.form, self.bot, self.now = form, bot, now
        self.run = ""

    def outcome(self, outcome: PageOutcome) -> None:
        """One edit: wiki, page, old and new revision, run."""
        change = outcome.change
        if outcome.status is Status.NOT_REACHED:
            return
        self._line(
            "edit" if outcome.status.saved else "skip",
            wiki=change.wiki,
            page=change.title,
            to=change.move_to,
            old=change.base,
            new=outcome.revision,
            run=self.run,
            number=outcome.number,
            status=outcome.status.value,
            why=_text(outcome.reason),
        )

    def left(self, plan: Plan, report: RunReport | None) -> None:
        """What waits for a person."""
        for conflict in plan.conflicts:
            self._waiting("conflict", conflict, _text(N_("the sheet and the wiki say different things")))
        for finding in (*plan.findings, *(report.findings if report else ())):
            self._waiting(finding.rule, finding, _text(finding.message))

    def _waiting(self, rule: str, one: Conflict | Finding, why: str) -> None:
        at = f"{one.at.sheet}:{one.at.row}" if one.at else ""
        self._line("waits", rule=rule, wiki=one.wiki, page=one.title, field=one.field, row=at, why=why)

    def waits(self, why: Message) -> None:
        """What a wiki is waited for."""
        self._line("wait", why=_text(why))

    def failed(self, error: CapitaliseError) -> None:
        """What ended the run; the last line of it."""
        event = "stopped" if isinstance(error, StoppedByPerson) else "error"
        self._line(event, run=self.run, why=_text(error.message), exit=error.exit_code)

    def unreached(self, why: Message) -> None:
        """The watchdog."""
        self._line("ping", why=_text(why))

    def untold(self, why: Message) -> None:
        """Somebody who should have been told."""
        self._line("tell", why=_text(why))

    def end(self, plan: Plan, report: RunReport | None, code: int) -> None:
        """The last line of a run."""
        written, left = (report.written, report.left) if report else (0, 0)
        waiting = len(plan.conflicts) + len(plan.findings) + (len(report.findings) if report else 0)
        cells = report.cells if report else 0
        self._line("end", run=self.run, written=written, cells=cells, skipped=left, waiting=waiting, exit=code)

    def _line(self, event: str, **values: Any) -> None:
        kept = {k: v for k, v in values.items() if v not in ("", None)}
        if self.form == "json":
            line = json.dumps({"time": self._time(), "event": event, "bot": self.bot, **kept}, ensure_ascii=False)
        else:
            line = f"{self._time()} {event} {self.bot} " + " ".join(f"{k}={_word(v)}" for k, v in kept.items())
        click.echo(line)

    def _time(self) -> str:
        return self.now().isoformat(timespec="seconds")


def _text(message: Message | None) -> str:
    return render(message, LANGUAGE) if message else ""


def _word(value: object) -> str:
    """Text with blanks in quotes, on one line."""
    text = str(value)
    return (
        text
        if text and not set(text) & set(' "\n\t=\\') and text.isprintable()
        else json.dumps(text, ensure_ascii=False)
    )
