"""`import`: what people wrote in a shared document, into the bot's own sheet."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from capitalise.bots.fiches.form import FicheForm
from capitalise.bots.fiches.headings import known_from, new_titles, read_answers, write_answers
from capitalise.bots.fiches.imported import (
    Difference,
    answered,
    asked_key,
    findings_of,
    gathered,
    into_sheet,
    suggested,
    with_document_text,
    with_questions,
)
from capitalise.bots.fiches.kind import form_of
from capitalise.bots.fiches.placing import (
    Place,
    Role,
    Target,
    by_itself,
    nobody,
    settled,
    title_of,
)
from capitalise.bots.fiches.rows import Rows, read_rows
from capitalise.cli.fiches.bots import only_bot
from capitalise.cli.fiches.documents import read_document
from capitalise.cli.fiches.import_review import review_import
from capitalise.cli.main import LANGUAGE, _
from capitalise.cli.options import (
    as_json,
    asked_number,
    at_terminal,
    open_workspace,
    teller,
    yes_option,
)
from capitalise.cli.outputs import refuse_outputs, write
from capitalise.cli.plan_run import carried_out, finish
from capitalise.cli.show import Screen
from capitalise.cli.tables import columns
from capitalise.errors import WAITING, SettingsError, SheetError
from capitalise.messages import N_, Message, render
from capitalise.notes.pieces import pieces_of
from capitalise.notes.tree import LEFT_OUT
from capitalise.plans.diff import text_diff
from capitalise.plans.model import Plan
from capitalise.plans.serial import plan_to_json
from capitalise.sheets.bare import bare_document
from capitalise.sheets.pandoc import read_notes
from capitalise.sheets.suggestions import suggestions_in
from capitalise.sheets.table import Table
from capitalise.workspace.planning import task_for
from capitalise.workspace.workspace import Workspace

__all__ = ["import_"]

ROLES = {
    Role.STEP: N_("step"),
    Role.INGREDIENT: N_("title"),
    Role.FIELD: N_("field"),
    Role.CONTENT: N_("field"),
    Role.IGNORED: N_("ignored"),
    Role.ASKED: N_("to be said"),
    Role.UNPLACED: N_("unplaced"),
}


@click.command(
    "import",
    help=_(
        "Bring what a document says (.docx, .odt, .md, .txt, .html, or its address) into the empty cells of a bot's sheet. Asks what is only likely, "
        "never replaces a cell."
    ),
)
@click.argument("document", metavar=_("FILE"))
@click.option("--bot", metavar=_("BOT"), help=_("The bot whose sheet it is."))
@click.option("--explain", is_flag=True, help=_("Say of every paragraph where it goes; write nothing."))
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help=_("Save that as a page to read."))
@click.option("--review", "review_", is_flag=True, help=_("Decide it in the browser, change by change."))
@click.option("--dry-run", is_flag=True, help=_("Show what would change; write nothing."))
@yes_option
@as_json
@click.pass_obj
def import_(
    folder: Path,
    document: str,
    bot: str | None,
    explain: bool,
    html: Path | None,
    review_: bool,
    dry_run: bool,
    yes: bool,
    json_: bool,
) -> None:
    workspace = open_workspace(folder, teller(), asks=not yes)
    chosen = only_bot(workspace, bot)
    refuse_outputs(workspace, {".html": html})
    data, name = read_document(workspace, document)
    bare, left_out = bare_document(data, name)
    tree = read_notes(bare, name)
    screen, task = Screen(LANGUAGE), task_for(workspace, chosen)
    form = form_of(chosen.options, task)
    rows = _own_sheet(task.tables(), form, chosen.options.columns)
    path = workspace.folder / "imports" / f"{chosen.name}.toml"
    answers = read_answers(path)
    titles = [
        *(row.page or row.title for row in rows.rows),
        *task.reader.members(form.template, chosen.options.category),
    ]
    known = known_from(answers, titles, chosen.options.status.placeholders, form, path.name)
    asks = at_terminal() and not (yes or explain or dry_run or json_)
    answer = by_itself if yes else partial(_asked, screen, form) if asks else nobody
    pieces = pieces_of(tree["blocks"])
    if not pieces:
        raise SheetError(N_("%(file)s holds no words.", file=name))
    places, said = settled(pieces, form, known, answer, at_once=not asks)
    if explain or html:
        _explain(workspace, screen, places, known.titles, html, json_=json_)
        sys.exit(WAITING if any(p.role in (Role.ASKED, Role.UNPLACED) for p in places) else 0)
    made = into_sheet(gathered(places, form), rows, form, frozenset(answers.kept), new_titles(known, said))
    taken, kept, others = answered(made.differences, answers.asked)
    if review_:
        review_import(workspace, screen, (chosen, task), (made, taken, others), (rows, form), path, name)
        return
    more, left = _decided(screen, others) if asks else ([], set())
    waits = [one for one in others if one not in more and one.mark not in left]
    questions = with_questions(made, waits, rows, form, task.language)
    heard, stays = (said if asks else {}), (kept | left if asks or (yes and not dry_run) else set())
    if heard or stays:
        write_answers(path, heard, stays, {})
    if heard or left:
        file = path.relative_to(workspace.folder)
        screen.say(N_("What you said of headings stands in %(file)s.", file=file), error=True)
    plan = Plan(
        chosen.name,
        task.run,
        task.created,
        cells=(*with_document_text(made, [*taken, *more], rows, form), *questions),
        findings=tuple(findings_of(suggested(suggestions_in(data, name), places), waits, made, chosen.wiki)),
        notes=tuple(_notes(places, [*left_out, *tree[LEFT_OUT]], waits)),
        seen=len(places),
    )
    if not json_:
        screen.plan(plan)
    waiting = plan.waits or any(p.role is Role.ASKED for p in places)
    if dry_run:
        if json_:
            click.echo(plan_to_json(plan, LANGUAGE))
        sys.exit(WAITING if waiting else 0)
    shown = {one.at for one in questions}
    asked = {asked_key(one): one.mark for one in waits if one.at in shown}
    _carry_out(workspace, screen, plan, path, asked, yes=yes, json_=json_, waiting=waiting)


def _own_sheet(tables: Sequence[Table], form: FicheForm, mapped: Any) -> Rows:
    own = next((table for table in tables if not table.readonly), None)
    if own is None:
        raise SettingsError(
            N_("The bot has no sheet here yet that can be written to: type “capitalise run” and its name first.")
        )
    return read_rows(own, form, mapped)


# -- what is asked --------------------------------------------------------------------------------


def _asked(screen: Screen, form: FicheForm, place: Place) -> Target | None:
    """What somebody says that a heading is; None for not now."""
    screen.line()
    screen.line(f"  “{place.heading}”", bold=True)
    title = title_of(place.heading)
    options: list[tuple[Message, Target]] = []
    if place.like is Role.STEP:
        options.append((N_("the step “%(step)s”", step=place.near), Target(Role.STEP, place.near)))
    elif place.near:
        score = f"{place.score} %"
        same = N_(
            "the ingredient “%(title)s” (alike: %(score)s), under the wiki's title", title=place.near, score=score
        )
        options.append((same, Target(Role.INGREDIENT, place.near)))
        if title and title != place.near:
            options.append(
                (N_("the same, and the document's title is the better one"), Target(Role.INGREDIENT, place.near, title))
            )
    if title:
        options.append((N_("a new ingredient of this title"), Target(Role.INGREDIENT, title)))
    options += [
        (N_("the field “%(label)s”", label=f.label), Target(Role.FIELD, f.label))
        for f in form.fields
        if f is not form.step
    ]
    options.append((N_("nothing: ignore it"), Target(Role.IGNORED)))
    for number, (words, _target) in enumerate(options, 1):
        screen.line(f"    {number}  {screen.text(words)}")
    chosen = asked_number(
        screen, screen.text(N_("  What is it? (number; Return: not now)")), range(1, len(options) + 1)
    )
    return options[chosen - 1][1] if chosen else None


def _decided(screen: Screen, differences: Sequence[Difference]) -> tuple[list[Difference], set[str]]:
    """The differences of which somebody takes the document's text, and the marks of those that stay as they are."""
    taken, kept = [], set()
    for one in differences:
        screen.line()
        screen.line(f"  {one.title} : {one.label}", bold=True)
        screen.pieces(text_diff(one.sheet, one.document))
        question = screen.text(N_("  1 the sheet's text (-)   2 the document's (+)   Return: not now"))
        answer = asked_number(screen, question, (1, 2))
        if answer == 2:
            taken.append(one)
        elif answer == 1:
            kept.add(one.mark)
    return taken, kept


# -- what is shown --------------------------------------------------------------------------------


def _counted(places: Sequence[Place]) -> list[Message]:
    """Every paragraph is accounted for."""
    counts = Counter(place.role for place in places)
    placed = counts[Role.CONTENT] + counts[Role.FIELD] + counts[Role.INGREDIENT] + counts[Role.STEP]
    return [
        N_(
            "%(all)d paragraphs: %(placed)d placed, %(ignored)d ignored, %(asked)d to be said, %(unplaced)d unplaced (--explain lists them)",
            all=len(places),
            placed=placed,
            ignored=counts[Role.IGNORED],
            asked=counts[Role.ASKED],
            unplaced=counts[Role.UNPLACED],
        )
    ]


def _notes(places: Sequence[Place], left_out: Sequence[Message], waits: Sequence[Difference]) -> Iterator[Message]:
    yield from _counted(places)
    yield from (N_("not in the document's text: %(what)s", what=one) for one in left_out)
    if waits:
        yield N_(
            "To choose between the document and the sheet: in “à décider”, write “document” or “feuille” behind the question, and import again."
        )


def _destination(place: Place, titles: Sequence[str]) -> str:
    if place.role is Role.ASKED:
        return f"{place.near} ? ({place.score} %)" if place.near else "?"
    if place.role is Role.UNPLACED:
        return ""
    new = render(N_(" (new)"), LANGUAGE) if place.ingredient and place.ingredient not in titles else ""
    where = place.ingredient + new or place.step
    return " : ".join(filter(None, (where, place.label if place.role in (Role.CONTENT, Role.FIELD) else "")))


def _explain(
    workspace: Workspace,
    screen: Screen,
    places: Sequence[Place],
    titles: Sequence[str],
    html: Path | None,
    *,
    json_: bool,
) -> None:
    if html:
        from capitalise.exports.templates import render_template

        values = [
            (render(ROLES[p.role], LANGUAGE), p.role.value, _destination(p, titles), p.piece.plain) for p in places
        ]
        page = render_template("import.html.jinja", workspace.folder, LANGUAGE, places=values, language=LANGUAGE)
        write(workspace, html, page.encode())
        screen.say(N_("Saved: %(file)s", file=html), error=True)
    if json_:
        told = [
            {
                "number": p.piece.number,
                "text": p.piece.plain,
                "role": p.role.value,
                "ingredient": p.ingredient,
                "field": p.label,
            }
            | {"step": p.step, "near": p.near, "score": p.score}
            for p in places
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif not html:
        rows = [
            [str(p.piece.number), screen.text(ROLES[p.role]), _destination(p, titles), p.piece.plain[:60]]
            for p in places
        ]
        for lines in columns(rows):
            screen.line("\n".join(lines))
        for note in _counted(places):
            screen.say(note, bold=True)


def _carry_out(
    workspace: Workspace,
    screen: Screen,
    plan: Plan,
    path: Path,
    asked: Mapping[str, str],
    *,
    yes: bool,
    json_: bool,
    waiting: bool,
) -> None:
    """Write the sheet, then that it asks (marks by title and label): an answer counts for texts that stood there, and for no others."""
    report = carried_out(workspace, screen, plan, yes=yes, json_=json_, waits=waiting)
    if asked and not (report.error or report.findings):
        write_answers(path, {}, set(), asked)
    screen.say(N_("Next: capitalise run %(bot)s", bot=plan.bot), error=True)
    finish(screen, plan, plan, report, json_)
