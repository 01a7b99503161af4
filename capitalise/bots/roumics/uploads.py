"""Photos and slides on their way to the wiki: each the creation of its page, only with author and licence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from capitalise.bots.roumics.edition import Edition, RoumicsSettings
from capitalise.bots.roumics.event import Event, Photo
from capitalise.bots.roumics.pictures import pictures_on_wiki, sent_as
from capitalise.messages import N_, Message, render
from capitalise.pages.ports import Reader
from capitalise.pages.titles import title_problem
from capitalise.plans.model import Finding, PageChange, Plan

__all__ = ["plan_uploads"]


def plan_uploads(
    plan: Plan,
    settings: RoumicsSettings,
    reader: Reader,
    edition: Edition,
    event: Event,
    files: Mapping[str, bytes | None],
    fill: Callable[[str, Mapping[str, Any]], str],
) -> Plan:
    """The plan with the pictures of an edition (`event`: less what is private) that the wiki has not got yet; `files` are their bytes by name, None where there are none."""
    named = {photo: sent_as(event, photo) for photo in event.photos}
    shown = pictures_on_wiki([edition], reader)
    heads = reader.heads([title for title in named.values() if not title_problem(title)])
    for photo, asked in named.items():
        if (event.key, photo.file) in shown:
            continue
        head = heads.get(asked)
        title = head.title if head else asked
        wrong = _wrong(photo, asked, files.get(photo.file)) or (_OTHER if head and head.revision else None)
        if wrong:
            plan = replace(plan, findings=(*plan.findings, Finding("upload", wrong, settings.wiki, title)))
            continue
        text = fill("roumics/fichier.wiki.jinja", {"photo": photo, "event": event.title}).strip()
        summary = render(N_("Photo of %(event)s", event=event.title), settings.language)
        change = PageChange(settings.wiki, title, 0, "", text, summary, data=files[photo.file] or b"")
        plan = replace(plan, pages=(*plan.pages, change))
    return plan


_OTHER = N_("another picture has this name on the wiki: give the file another name")


def _wrong(photo: Photo, title: str, data: bytes | None) -> Message | None:
    """Why a picture is not sent, or None."""
    if problem := title_problem(title):
        return problem
    if not (photo.author and photo.licence):
        return N_("it is not sent without author and licence")
    if data is None:
        return N_("there is no file “%(file)s” in the folder, or it is larger than 16 MB", file=photo.file)
    return None
