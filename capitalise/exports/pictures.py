"""Pictures in what is printed: only such as are pictures, and with words for those who cannot see them."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from capitalise.errors import SettingsError
from capitalise.exports.model import Edition, Picture
from capitalise.messages import N_

__all__ = ["MOST_BYTES", "data_address", "picture_of", "read_inside"]

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
_KINDS = ["PNG", "JPEG", "WEBP", "GIF"]
PRINTED = 1800  # pixels of the longer side: 300 dots an inch on 15 cm


def picture_of(folder: Path | None, edition: Edition) -> Picture | None:
    """The cover of an edition. Raises SettingsError where it cannot be read, is no picture, or nothing says what it shows."""
    if not edition.cover or folder is None:
        return None
    if not edition.cover_alt:
        raise SettingsError(
            N_(
                "exports/%(name)s.toml: “cover_alt” must say in words what the picture “%(file)s” shows.",
                name=edition.name,
                file=edition.cover,
            )
        )
    data = read_inside(folder, edition.cover)
    return Picture(edition.cover_alt, data=data_address(data, edition.cover))


def read_inside(folder: Path, name: str, most: int = MOST_BYTES) -> bytes:
    """A file of the workspace. Raises SettingsError for what is not there, lies outside (behind a link), is no ordinary file or too large."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise SettingsError(N_("There is no file “%(file)s”.", file=name))
    if path.stat().st_size > most:
        raise SettingsError(N_("%(file)s is larger than %(most)d MB.", file=name, most=most >> 20))
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(N_("There is no file “%(file)s”.", file=name)) from error


def data_address(data: bytes, name: str) -> str:
    """A picture as an address (`data:`), no larger than paper shows. Raises SettingsError for what is none."""
    from PIL import Image, UnidentifiedImageError

    if len(data) > MOST_BYTES:
        raise SettingsError(N_("%(file)s is larger than %(most)d MB.", file=name, most=MOST_BYTES >> 20))
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as picture:
            picture.verify()  # cut short, or damaged
        with Image.open(io.BytesIO(data), formats=_KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UnidentifiedImageError
            picture.thumbnail((PRINTED, PRINTED))
            out = io.BytesIO()
            kind = "PNG" if picture.mode in ("RGBA", "P", "LA") else "JPEG"
            picture.convert("RGBA" if kind == "PNG" else "RGB").save(out, kind)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise SettingsError(
            N_("%(file)s is no picture that can be printed (PNG, JPEG, WebP, GIF).", file=name)
        ) from error
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"
