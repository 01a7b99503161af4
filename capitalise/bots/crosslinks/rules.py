"""The words for each rule about links, for reports."""

from __future__ import annotations

from capitalise.messages import N_, Message

__all__ = ["RULES"]

RULES: dict[str, Message] = {
    "missing-target": N_("missing page"),
    "moved-target": N_("renamed page"),
    "variant-target": N_("other capitals, accents or signs"),
    "misspelt-target": N_("misspelt title"),
    "wrong-namespace": N_("page of another namespace"),
    "wrong-wiki": N_("page of another wiki"),
    "deleted-target": N_("deleted page"),
    "redirect-target": N_("redirect"),
    "broken-redirect": N_("broken redirect"),
    "dead-link": N_("dead address"),
    "invalid-target": N_("impossible title"),
    "missing-section": N_("missing section"),
    "external-link": N_("address instead of a link"),
    "old-address": N_("mobile or http address"),
    "permalink": N_("old version"),
    "unbacked-chapter": N_("chapter without research"),
    "unquoted-research": N_("research without a chapter"),
    "unreadable-file": N_("file that cannot be read"),
    "one-sided": N_("page that quotes only one of the two"),
    "quotes-neither": N_("page that quotes neither"),
}
