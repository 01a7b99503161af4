"""What a wiki says no with: its own words in the user's language, its code, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capitalise.errors import Refused
from capitalise.messages import N_, Message

__all__ = ["in_one_form", "refused"]

_PROTECTED = N_("ask an administrator of the wiki to open the page, or leave it out (“skip” in the bot's file)")
#: What somebody can do, by the code of the wiki's answer.
_NEXT: Mapping[str, Message] = {
    "protectedpage": _PROTECTED,
    "cascadeprotected": _PROTECTED,
    "permissiondenied": N_(
        "tick that right for the bot password, or ask an administrator of the wiki: capitalise doctor"
    ),
    "abusefilter-disallowed": N_("ask an administrator of the wiki about this filter, or write it otherwise"),
    "spamblacklist": N_("take the address out of the text, or ask an administrator of the wiki to allow it"),
    "titleblacklist-forbidden": N_("give the page another title, or ask an administrator of the wiki"),
    "contenttoobig": N_("make two pages of it"),
    "customcssjsprotected": N_("only the wiki's interface administrators write there: leave the page out"),
    "protectednamespace-interface": N_("only the wiki's administrators write there: leave the page out"),
}


#: The codes of warnings, by the English words that older wikis say instead.
_WARNINGS = {
    "Unrecognized parameter": "unrecognizedparams",
    "Unrecognized value": "unrecognizedvalues",
    "truncated": "truncatedresult",
}


def refused(why: str, code: str) -> Refused:
    """The wiki's no as an error."""
    if hint := _NEXT.get(code):
        return Refused(N_("%(why)s (%(code)s); %(hint)s", why=why, code=code, hint=hint), code)
    return Refused(N_("%(why)s (%(code)s)", why=why, code=code), code)


def in_one_form(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer with `error` and `warnings` as older wikis give them, also where they come as lists (`errorformat`, ApiErrorFormatter.php): the first
    error with its data beside it, the warnings by module, with their codes."""
    errors, warnings = answer.get("errors"), answer.get("warnings")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        first = errors[0]
        data = first.get("data")
        more = data if isinstance(data, dict) else {}
        answer["error"] = {**more, "code": str(first.get("code", "?")), "info": _words(first)}
    if isinstance(warnings, list):
        found: dict[str, dict[str, Any]] = {}
        for one in (each for each in warnings if isinstance(each, dict)):
            said = found.setdefault(str(one.get("module", "?")), {"warnings": "", "codes": []})
            said["warnings"] = f"{said['warnings']} {_words(one)}".strip()
            said["codes"].append(str(one.get("code", "")))
        answer["warnings"] = found
    elif isinstance(warnings, dict):
        for module in (each for each in warnings.values() if isinstance(each, dict)):
            text = str(module.get("warnings", ""))
            module["codes"] = [code for words, code in _WARNINGS.items() if words in text]
    return answer


def _words(one: Mapping[str, Any]) -> str:
    """`text` where plain words were asked for, `html` or `key` where a wiki gives nothing else."""
    return str(one.get("text") or one.get("html") or one.get("key") or one.get("code") or "")
