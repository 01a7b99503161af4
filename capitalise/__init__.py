"""Keep the sheets and the wiki pages of a commons in step, without losing anybody's words."""

__version__ = "0.1.0"
