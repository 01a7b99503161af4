"""A review: plans, what people answered of them, and the carrying out. One person, one machine, one at a time."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from capitalise.bots.kind import Facts, Request
from capitalise.errors import CapitaliseError, Unexpected
from capitalise.messages import N_, Message
from capitalise.pages.revisions import Head
from capitalise.plans.model import Finding, PageChange, Plan
from capitalise.review.checks import Known, doubts_of, lines_of
from capitalise.review.decided import chosen, request_of, subset
from capitalise.review.groups import Entry, entries_of
from capitalise.review.items import Item, Sort, items_of
from capitalise.review.journal import Answer, Choice, Journal, Proposal
from capitalise.review.skip import skip_places
from capitalise.runs.apply import PageOutcome, RunReport, Status
from capitalise.wikitext.canonical import canonical, digest
from capitalise.workspace.opened import Bot
from capitalise.workspace.planning import task_for
from capitalise.workspace.running import Watch, refuse_early, refuse_foreign
from capitalise.workspace.workspace import Workspace

__all__ = ["Review", "Source", "State", "foreign", "open_journal", "read_source"]


@dataclass(frozen=True)
class Source:
    """A plan to decide about: of a bot of the workspace, or from a file (`digest` is that of its bytes). `settle` makes what is written of the items
    that were accepted, where no bot plans it (an import)."""

    plan: Plan
    bot: Bot | None = None
    request: Request = field(default_factory=Request)
    digest: str = ""
    settle: Callable[[Sequence[Item], Mapping[str, Answer]], Plan] | None = None

    @property
    def by_field(self) -> bool:
        return bool(self.bot and self.bot.kind.by_field and not self.settle)


@dataclass(frozen=True)
class State:
    """How far the carrying out is: `working`, the pages `done` of so many `expected`, the reports by run, what ended it early."""

    working: bool = False
    started: bool = False
    expected: int = 0
    done: tuple[PageOutcome, ...] = ()
    reports: tuple[tuple[str, RunReport], ...] = ()
    skipped: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    error: CapitaliseError | None = None


def open_journal(folder: Path) -> Journal:
    """The answers that were given in a workspace."""
    return Journal(folder / ".capitalise" / "review.jsonl")


@dataclass
class Review:
    """The plans, as items and entries, with the answers that were given so far."""

    workspace: Workspace
    sources: list[Source]
    journal: Journal
    state: State = field(default_factory=State)
    changed: frozenset[str] = frozenset()  # titles that came out otherwise than they were shown

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.done: set[str] = set()  # items that this review wrote
        self.nevers: set[tuple[str, str]] = set()  # bots and what they leave alone since this review said so
        self.why: dict[str, tuple[Message, ...]] = {}
        self.last: Plan | None = None
        self.journal.reopen(self.workspace.clock.now())
        self.stopped: Callable[[], bool] = lambda: False
        self._look()

    # -- what is shown ----------------------------------------------------------------------------

    def _look(self) -> None:
        """Items and entries of the plans as they are."""
        self.items: dict[str, Item] = {}
        self.source_of: dict[str, Source] = {}
        for source in self.sources:
            done = self.journal.applied.get(source.digest, set()) if source.digest else set()
            for item in [*self._items_of(source), *self._additions(source)]:
                gone = item.key in done or (source.settle and item.key in self.done)
                if not gone and (item.bot, item.place) not in self.nevers:
                    self.items.setdefault(item.key, item)
                    self.source_of.setdefault(item.key, source)
        self.known = Known(self._heads(), self._facts(), lines_of(self._changes()))
        self.items = {key: item for key, item in self.items.items() if not self._is_done(item)}
        self.doubts = {key: doubts_of(item, self.known) for key, item in self.items.items()}
        self.entries = entries_of(self.items.values(), lambda item: self.doubts[item.key], self._is_alone)
        self.findings: list[Finding] = [one for source in self.sources for one in source.plan.findings]
        wikis = {item.wiki for item in self.items.values()} & set(self.workspace.settings.wikis)
        self.patterns = {wiki: self.workspace.reader(wiki).address() for wiki in wikis}
        self.steps = {(one.bot, one.title): self._step(one) for one in self.items.values()}

    def _items_of(self, source: Source) -> list[Item]:
        return items_of(source.plan, by_field=source.by_field, saved=bool(source.digest))

    def _is_alone(self, item: Item) -> bool:
        """Somebody proposed something about it: that is looked at."""
        return bool(self.proposals(item) or self.outdated(item))

    def _is_done(self, item: Item) -> bool:
        """Whether the page says all this already: a run that was killed wrote it."""
        head, change = self.head(item), item.change
        return bool(head and change and not change.move_to and head.revision != change.base) and (
            head is not None and change is not None and head.sha1 == digest(canonical(change.new))
        )

    def _changes(self) -> list[PageChange]:
        return [one for source in self.sources for one in (*source.plan.pages, *source.plan.proposals)]

    def _additions(self, source: Source) -> list[Item]:
        """Texts that writers proposed for fields that are empty on both sides."""
        mine = [
            one for one in self.journal.proposals.values() if one.bot == source.plan.bot and not one.key and one.text
        ]
        there = {(item.title, item.name) for item in self._items_of(source)}
        return [_addition(one, source) for one in mine if (one.title, one.field) not in there and source.bot]

    def _heads(self) -> Mapping[tuple[str, str], Head]:
        """The pages as they are now."""
        titles: dict[str, dict[str, None]] = {}
        for item in self.items.values():
            if item.wiki in self.workspace.settings.wikis:
                titles.setdefault(item.wiki, {})[item.title] = None
        found: dict[tuple[str, str], Head] = {}
        for wiki, some in titles.items():
            heads = self.workspace.reader(wiki).heads(list(some))
            found |= {(wiki, title): heads[title] for title in some if title in heads}
        return found

    def _facts(self) -> dict[str, Facts]:
        bots = {source.plan.bot: source.bot for source in self.sources if source.bot}
        return {name: bot.kind.facts(bot.options, task_for(self.workspace, bot)) for name, bot in bots.items() if bot}

    def _step(self, item: Item) -> str:
        facts = self.known.facts.get(item.bot)
        return facts.group(item.change.old or item.change.new) if facts and item.change else ""

    def head(self, item: Item) -> Head | None:
        return self.known.heads.get((item.wiki, item.title))

    def proposals(self, item: Item) -> list[Proposal]:
        """What people proposed about this very item; about other words it is none."""
        return [
            one for one in self._about(item) if one.key == item.key or (item.is_addition and one.text == item.after)
        ]

    def outdated(self, item: Item) -> list[Proposal]:
        """What people proposed about this field, or this page that is to be created, when it said something else, or as another text."""
        mine = self.proposals(item)
        return [one for one in self._about(item) if one not in mine]

    def _about(self, item: Item) -> list[Proposal]:
        whole = item.sort is Sort.CREATION
        said = self.journal.proposals.values()
        return [
            one for one in said if (one.bot, one.title) == (item.bot, item.title) and (whole or one.field == item.name)
        ]

    @property
    def orphans(self) -> list[Proposal]:
        """What people proposed about fields that nothing is decided about here (any more): their words are shown all the same."""
        bots = {source.plan.bot for source in self.sources}
        shown = {id(one) for item in self.items.values() for one in self._about(item)}
        return [one for one in self.journal.proposals.values() if one.bot in bots and id(one) not in shown]

    def notes(self) -> list[Message]:
        """What keeps the plans from being written, said before anybody decides."""
        found = foreign(self.sources)
        for source in self.sources:
            for name in sorted({cell.at.sheet for cell in source.plan.cells}):
                try:
                    self.workspace.sheet(name, source.bot).refuse_if_open()
                except CapitaliseError as error:
                    found.append(error.message)
        return found

    def open(self, entry: Entry) -> list[Item]:
        return [item for item in entry.items if item.key not in self.journal.answers]

    @property
    def left(self) -> int:
        """How many items nobody said anything about yet."""
        return sum(key not in self.journal.answers for key in self.items)

    def accepted(self) -> list[Item]:
        return [item for key, item in self.items.items() if (a := self.journal.answers.get(key)) and a.choice.writes]

    def by_bot(self) -> dict[str, list[Item]]:
        """What was accepted, by bot."""
        found: dict[str, list[Item]] = {}
        for item in self.accepted():
            found.setdefault(item.bot, []).append(item)
        return found

    def never(self) -> list[Item]:
        said = self.journal.answers
        return [item for key, item in self.items.items() if key in said and said[key].choice is Choice.NEVER]

    # -- what people say --------------------------------------------------------------------------

    def answer(self, keys: Sequence[str], answer: Answer) -> list[Item]:
        """Keep an answer for items that are there, as far as it is one for them. Returns those it was kept for."""
        with self.lock:
            if self.state.working:
                return []
            good = [key for key in keys if key in self.items and _fits(self.items[key], answer, self.source_of[key])]
            together = len(good) > 1 and any(self.doubts[key] or self._is_alone(self.items[key]) for key in good)
            if not good or together or len(good) > len(set(good)):
                return []
            self.journal.give(good, answer)
            return [self.items[key] for key in good]

    def take_back(self, keys: Sequence[str]) -> None:
        with self.lock:
            if not self.state.working:
                self.journal.take_back([key for key in keys if key in self.items])

    # -- carrying out -----------------------------------------------------------------------------

    def begin(self) -> bool:
        """Whether the carrying out may start: once, whoever asks how often."""
        with self.lock:
            if self.state.working or not (self.accepted() or self.never()):
                return False
            self.state = State(working=True, started=True)
            return True

    def carry_out(self, shown: Callable[[PageOutcome], None] = lambda outcome: None) -> None:
        """Write what was accepted, plan by plan; what ends it early is said, and the rest stays to be done. Plans again after it."""
        try:
            self._skip()
            for source in self.sources:
                self._carry_out(source, shown)
        except CapitaliseError as error:
            self.state = replace(self.state, error=self.state.error or error)
        except Exception as error:
            self.state = replace(self.state, error=self.state.error or Unexpected(error))
        finally:
            self._again()
            with self.lock:
                again = [key for key, item in self.items.items() if item.title in self.changed]
                self.journal.take_back([key for key in again if key in self.journal.answers])
                self.state = replace(self.state, working=False)

    def undo(self, run: str, shown: Callable[[PageOutcome], None] = lambda outcome: None) -> None:
        """Take a run of this review back; what people wrote since stays."""
        self.state = replace(self.state, working=True, done=(), expected=0, error=None)
        try:
            plan = self.workspace.undo(run)
            self.state = replace(self.state, expected=len(plan.pages))
            report = self._apply(plan, shown)
            left = tuple(one for one in self.state.reports if one[0] != run)
            self.state = replace(self.state, reports=left, error=report.error, undone=(*self.state.undone, run))
            self.journal.undone(run)
        except CapitaliseError as error:
            self.state = replace(self.state, error=error)
        finally:
            self._again()
            self.state = replace(self.state, working=False)

    def _apply(self, plan: Plan, shown: Callable[[PageOutcome], None]) -> RunReport:
        def outcome(one: PageOutcome) -> None:
            self.state = replace(self.state, done=(*self.state.done, one))
            shown(one)

        return self.workspace.apply(plan, Watch(outcome, self.stopped))

    def _skip(self) -> None:
        """“Never” stands in the bots' files from now on."""
        never = self.never()
        for bot in {item.bot for item in never}:
            items = [item for item in never if item.bot == bot]
            if bot in self.workspace.settings.bots:
                skip_places(self.workspace.folder / "bots" / f"{bot}.toml", [item.place for item in items])
                self.state = replace(self.state, skipped=(*self.state.skipped, *(item.place for item in items)))
                self.nevers |= {(bot, item.place) for item in items}
            self.journal.done([item.key for item in items], "")

    def _carry_out(self, source: Source, shown: Callable[[PageOutcome], None]) -> None:
        items = [item for item in self.accepted() if self.source_of[item.key] is source]
        if not items or self.state.error or self.stopped():
            return
        plan, otherwise = self._plan(source, items)
        self.changed |= frozenset(otherwise)
        self.why |= {title: self._reasons(title) for title in otherwise}
        if plan.empty:
            self._note_done([item.key for item in items if item.title not in otherwise], plan.run, source)
            return
        refuse_early(self.workspace, plan)
        self.state = replace(self.state, expected=self.state.expected + len(plan.pages))
        report = self._apply(plan, shown)
        moved_on = {one.change.title for one in report.pages if one.status is Status.STALE}
        self.changed |= moved_on
        written = {one.change.title for one in report.pages if one.status is not Status.NOT_REACHED} - moved_on
        written |= {item.title for item in items if not any(c.title == item.title for c in plan.pages)} - set(otherwise)
        done = [item.key for item in items if item.title in written and not (report.error and not item.change)]
        self._note_done(done, plan.run, source)
        self.state = replace(self.state, reports=(*self.state.reports, (plan.run, report)), error=report.error)

    def _note_done(self, keys: Sequence[str], run: str, source: Source) -> None:
        self.done |= set(keys)
        self.journal.done(keys, run, source.digest)

    def _plan(self, source: Source, items: Sequence[Item]) -> tuple[Plan, Sequence[str]]:
        if source.settle:
            return source.settle(items, self.journal.answers), ()
        mine = [item for key, item in self.items.items() if self.source_of[key] is source]
        decides = any(self.journal.answers[item.key].choice is not Choice.ACCEPT for item in items)
        if source.bot and (source.by_field or decides):
            request = request_of(mine, self.journal.answers, source.request, by_field=source.by_field)
            never = frozenset(place for bot, place in self.nevers if bot == source.bot.name)
            self.last = self.workspace.plan(source.bot, replace(request, leaves=request.leaves | never))
            found = chosen(self.last, mine, self.journal.answers)
            return found.plan, found.otherwise
        plan = subset(source.plan, mine, self.journal.answers)
        if source.digest:
            refuse_foreign(self.workspace, plan)
        return plan, ()

    def _reasons(self, title: str) -> tuple[Message, ...]:
        """Why something did not come out as it was accepted: what the plan that was made again says of the page."""
        return tuple(one.message for one in self.last.findings if one.title == title) if self.last else ()

    def _again(self) -> None:
        """The plans as they are now: what was left, and what changed under it."""
        try:
            self.sources = [self._planned_again(source) for source in self.sources]
            with self.lock:
                self._look()
        except CapitaliseError as error:
            self.state = replace(self.state, error=self.state.error or error)

    def _planned_again(self, source: Source) -> Source:
        """A plan in a file stays what it is: what was done of it is known."""
        if source.settle or source.digest or not source.bot:
            return source
        return replace(source, plan=self.workspace.plan(source.bot, source.request))


def read_source(
    workspace: Workspace, name: str, request: Request, plan_of: Callable[[str], tuple[Plan, bytes]]
) -> Source:
    """A bot by its name, or a plan that “plan -o” saved. Raises SettingsError."""
    if name in workspace.settings.bots or not Path(name).suffix:
        bot = workspace.bot(name)
        request = replace(request, fix=request.fix and bot.kind.fixes)
        return Source(workspace.plan(bot, request), bot, request)
    plan, data = plan_of(name)
    settings = workspace.settings.bots.get(plan.bot)
    known = bool(settings and workspace.knows(settings.kind))
    own = workspace.of(settings) if settings and known else None
    return Source(plan, own, digest=hashlib.sha256(data).hexdigest())


def _addition(one: Proposal, source: Source) -> Item:
    wiki = source.bot.wiki if source.bot else ""
    key = hashlib.sha256(f"{one.bot}\0{one.title}\0{one.field}\0{one.text}".encode()).hexdigest()[:20]
    values = ((one.field, "", one.text),)
    return Item(key, one.bot, Sort.FIELD, wiki, one.title, one.field, one.field, values)


def _fits(item: Item, answer: Answer, source: Source) -> bool:
    """Whether an answer is one for this item."""
    sides = item.sort is Sort.DECISION
    if answer.choice in (Choice.LEAVE, Choice.OPEN):
        return True
    if answer.choice is Choice.NEVER:
        return item.sort is not Sort.MOVE and not source.settle
    if answer.choice is Choice.ACCEPT:
        return not sides
    if answer.choice is Choice.TEXT:
        return item.editable and bool(source.bot) and bool(answer.text.strip())
    return item.sided and bool(source.bot) and not (source.settle and not sides)


def foreign(sources: Iterable[Source]) -> list[Message]:
    """Why the plan of a bot that is not here can only be accepted as it stands."""
    return [
        N_("“%(bot)s” is no bot of this workspace: its plan is written as it stands, or not.", bot=source.plan.bot)
        for source in sources
        if not source.bot
    ]
