"""The games that an easel's sheet may show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["SHAPES"]

#: The games, by the words that a field or an edition may say for them.
SHAPES: Mapping[str, Sequence[str]] = {
    "axes": ("axes", "axe"),
    "sliders": ("sliders", "slider", "curseurs", "curseur"),
    "bubbles": ("bubbles", "bubble", "bulles", "bulle"),
    "grid": ("grid", "grille"),
    "boxes": ("boxes", "box", "cases", "case"),
}
