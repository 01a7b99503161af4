"""The kind `decision`: threads of Loomio, exported or pasted, as pages of the wiki."""

from __future__ import annotations

from capitalise.bots.decision.planner import Decisions, plan_decisions
from capitalise.bots.kind import Kind
from capitalise.messages import N_

__all__ = ["KIND"]

KIND = Kind(
    Decisions,
    plan_decisions,
    reads=lambda decisions: decisions.files,
    rules={
        "bad-title": N_("title that cannot be one"),
        "names-left-out": N_("names left out"),
        "no-thread": N_("thread that is not there"),
        "same-title": N_("two threads with one title"),
    },
    menu=N_("see which pages of decisions would be written (%(bot)s; nothing is written)", bot=""),
    nothing=N_("Nothing to write: the pages say what the threads say."),
)
