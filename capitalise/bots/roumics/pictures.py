"""Which file of the wiki is a picture of an edition: the one with the same bytes, whatever it is called.

Every year has a `salle.jpg`: a file of that name is shown under this edition's author and licence only if it is that very file.
What is sent gets the edition into its name. A picture without a file in the folder is one of the wiki's, named by somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from capitalise.bots.roumics.edition import Edition
from capitalise.bots.roumics.event import Event, Photo
from capitalise.pages.ports import Reader
from capitalise.pages.titles import normal_title, title_problem

__all__ = ["pictures_on_wiki", "sent_as"]


def sent_as(event: Event, photo: Photo) -> str:
    """The title under which a picture is sent."""
    return f"File:{normal_title(f'{event.title} - {_name(photo)}')}"


def pictures_on_wiki(editions: Iterable[Edition], reader: Reader) -> Mapping[tuple[str, str], str]:
    """The titles of the files that show pictures of editions, by the edition's key and the picture's `file`."""
    wanted = [(edition, photo) for edition in editions for photo in edition.event.photos]
    titles = {title for edition, photo in wanted for title in _titles(edition.event, photo)}
    there = reader.file_hashes(title for title in titles if title_problem(title) is None) if titles else {}
    found = {}
    for edition, photo in wanted:
        mine = edition.files.get(photo.file, "")
        same = (title for title in _titles(edition.event, photo) if title in there and mine in ("", there[title]))
        if title := next(same, ""):
            found[edition.event.key, photo.file] = title
    return found


def _titles(event: Event, photo: Photo) -> tuple[str, str]:
    return sent_as(event, photo), f"File:{normal_title(_name(photo))}"


def _name(photo: Photo) -> str:
    return photo.file.rpartition("/")[2]
