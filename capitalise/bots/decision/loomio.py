"""Threads from an export of a Loomio group.

JSON: a line each, `{"table": "discussions", "record": {…}}` (GroupExportService of Loomio). CSV: tables one below the other, each with its name
and number of rows, then its headings (GroupExporter). Until version 2 a comment and a vote name their discussion, since then its topic.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from capitalise.bots.decision.thread import Outcome, Poll, Thread
from capitalise.bots.decision.words import Line, addresses_in, lines_of, sound
from capitalise.errors import SettingsError
from capitalise.messages import N_

__all__ = ["read_csv", "read_json"]

Record = Mapping[str, Any]
Tables = Mapping[str, list[Record]]
_READ = ("groups", "users", "topics", "discussions", "comments", "polls", "poll_options", "outcomes", "stances")
_SECTION = re.compile(r"(Groups|Memberships|Discussions|Comments|Polls|Stances|Outcomes) \((\d+)\)")
MOST_DEEP = 1_000  # answers to answers
_IDS = {"topic", "author", "group", "poll", "discussion", "participant", "user"}


def read_json(text: str, source: str) -> list[Thread]:
    """Raises SettingsError where a line is no record."""
    tables: dict[str, list[Record]] = {name: [] for name in _READ}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            table, record = one["table"], one["record"]
            if table in tables and isinstance(record, dict):
                tables[table].append(record)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SettingsError(
                N_(
                    "%(file)s, line %(line)d: no record of a Loomio export; export the group again as JSON.",
                    file=source,
                    line=number,
                )
            ) from error
    return _threads(tables, source)


def read_csv(text: str, source: str) -> list[Thread]:
    """Who may read a thread stands in no CSV: none is taken to be public. Raises SettingsError where it is no such export."""
    tables: dict[str, list[Record]] = {name: [] for name in (*_READ, "memberships")}
    section, headings = "", list[str]()
    try:
        for row in csv.reader(io.StringIO(text, newline="")):
            found = _SECTION.fullmatch(row[0]) if len(row) == 1 else None
            if found:
                section, headings = found[1].lower(), []
            elif not any(row):
                section = ""
            elif section and not headings:
                headings = [_key(cell) for cell in row]
            elif section:
                tables[section].append(dict(zip(headings, row, strict=False)))
    except csv.Error as error:
        raise SettingsError(
            N_("%(file)s is no CSV export of Loomio (%(why)s).", file=source, why=str(error))
        ) from error
    if not tables["discussions"] and "Discussions (" not in text:
        raise SettingsError(N_("%(file)s is no CSV export of Loomio: it has no table “Discussions”.", file=source))
    tables["users"] = [{"id": m.get("user_id"), "name": m.get("user_name", "")} for m in tables["memberships"]]
    return _threads(tables, source)


def _key(heading: str) -> str:
    """“Author name” → author_name, “Topic” → topic_id: the headings are the fields' names made readable."""
    key = heading.strip().lower().replace(" ", "_")
    return f"{key}_id" if key in _IDS else key


def _threads(tables: Tables, source: str) -> list[Thread]:
    names = {str(one.get("id")): _said(one, "name") for one in tables["users"]}
    topics = {str(one.get("id")): one for one in tables["topics"]}
    there = [one for one in tables["discussions"] if not one.get("discarded_at")]
    polls = _grouped(tables["polls"], _discussion_of(tables))
    comments = _grouped(tables["comments"], _discussion_of(tables))
    options, outcomes = (
        _grouped(tables[name], lambda one: str(one.get("poll_id"))) for name in ("poll_options", "outcomes")
    )
    found = []
    for one in there:
        key = str(one.get("id"))
        mine = [
            (poll, options.get(str(poll.get("id")), []), outcomes.get(str(poll.get("id")), []))
            for poll in polls.get(key, [])
        ]
        private = topics.get(str(one.get("topic_id")), one).get("private", True)
        found.append(_thread(one, comments.get(key, []), mine, names, source, public=private is False))
    return found


def _grouped(records: Iterable[Record], key: Callable[[Record], str]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for one in records:
        if not one.get("discarded_at"):
            found.setdefault(key(one), []).append(one)
    return found


def _discussion_of(tables: Tables) -> Callable[[Record], str]:
    """The id of the discussion that a comment or a vote belongs to: it names it, or its topic, or what it answers."""
    by_topic = {str(one["topic_id"]): str(one.get("id")) for one in tables["discussions"] if one.get("topic_id")}
    above = {("Comment", str(one.get("id"))): one for one in tables["comments"]}
    above |= {("Poll", str(one.get("id"))): one for one in tables["polls"]}
    above |= {
        ("Stance", str(one.get("id"))): {"parent_type": "Poll", "parent_id": one.get("poll_id")}
        for one in tables["stances"]
    }

    def found(record: Record) -> str:
        for _step in range(MOST_DEEP):
            if record.get("discussion_id"):
                return str(record["discussion_id"])
            if record.get("topic_id"):
                return by_topic.get(str(record["topic_id"]), "")
            place = (str(record.get("parent_type")), str(record.get("parent_id")))
            if place[0] == "Discussion":
                return place[1]
            if place not in above:
                return ""
            record = above[place]
        return ""

    return found


def _thread(
    record: Record,
    comments: Sequence[Record],
    polls: Sequence[tuple[Record, Sequence[Record], Sequence[Record]]],
    names: Mapping[str, str],
    source: str,
    *,
    public: bool,
) -> Thread:
    outcomes = [one for _poll, _options, some in polls for one in some]
    texts = [
        record.get("description"),
        *(poll.get("details") for poll, *_rest in polls),
        *(one.get("statement") for one in outcomes),
    ]
    writers = [_who(one, names) for one in comments]
    people = {str(one.get("author_id") or one.get("user_id") or _who(one, names)) for one in comments}
    days = [at for one in comments if (at := _day(one.get("created_at")))]
    return Thread(
        source,
        _said(record, "title"),
        public,
        _lines(record, "description"),
        _day(record.get("created_at")),
        _who(record, names),
        len(comments),
        len(people),
        max(days, default=None),
        tuple(_poll(*one, names) for one in polls),
        tuple(dict.fromkeys(link for text in texts for link in addresses_in(sound(text)))),
        frozenset(filter(None, {*names.values(), *writers, *(_who(one, names) for one in (record, *outcomes))})),
    )


def _poll(record: Record, options: Sequence[Record], outcomes: Sequence[Record], names: Mapping[str, str]) -> Poll:
    came = [
        Outcome(_day(one.get("created_at")), _lines(one, "statement"), _who(one, names))
        for one in outcomes
        if one.get("latest") is not False
    ]
    return Poll(
        _said(record, "title"),
        _lines(record, "details"),
        _day(record.get("created_at")),
        _day(record.get("closing_at")),
        _day(record.get("closed_at")),
        tuple((_said(one, "name"), _count(one) if record.get("closed_at") else None) for one in options),
        tuple(one for one in came if one.lines),
        bool(record.get("closed_at")),
    )


def _count(option: Record) -> int | None:
    count = option.get("voter_count", option.get("total_score"))
    return count if isinstance(count, int) else None


def _said(record: Record, name: str) -> str:
    return " ".join(sound(record.get(name)).split())


def _lines(record: Record, name: str) -> tuple[Line, ...]:
    text = sound(record.get(name))
    form = str(record.get(f"{name}_format") or ("html" if text.lstrip().startswith("<") else "md"))
    return tuple(lines_of(text, form))


def _who(record: Record, names: Mapping[str, str]) -> str:
    """The name of whoever wrote a record."""
    said = record.get("author_name") or names.get(str(record.get("author_id") or record.get("user_id")), "")
    return " ".join(sound(said).split())


def _day(text: object) -> date | None:
    try:
        return datetime.fromisoformat(str(text).replace(" UTC", "+00:00")).date() if text else None
    except ValueError:
        return None
