"""Which input a form shows for a field, and what that input does with values that it does not have.

Page Forms takes the input that the form names, else the one of the property's type (`getDefaultPropTypes` of the classes in
includes/forminputs of Page Forms 5.9; recorded on a running one, see tests/data/page-forms).
"""

from __future__ import annotations

__all__ = ["CHECKED_DATES", "CLOSED", "INPUTS", "LISTS", "SORTED", "default_size", "input_for", "widget_of"]

#: Every input type of Page Forms 5.9 (`getName` of its classes), with the older names that it still takes.
INPUTS = frozenset(
    [
        "text",
        "textarea",
        "text with autocomplete",
        "textarea with autocomplete",
        "combobox",
        "tokens",
        "dropdown",
        "listbox",
        "checkbox",
        "checkboxes",
        "radiobutton",
        "tree",
        "category",
        "categories",
        "rating",
        "year",
        "date",
        "datetime",
        "datetime with timezone",
        "datepicker",
        "datetimepicker",
        "timepicker",
        "start date",
        "end date",
        "start datetime",
        "end datetime",
        "regexp",
        "googlemaps",
        "openlayers",
        "leaflet",
        "mapframe",
        "menuselect",
        "two listboxes",
    ]
)

#: A value that is not exactly one of theirs is deleted by the next save, without a word.
CLOSED = frozenset(["dropdown", "radiobutton", "checkboxes", "listbox", "tree"])
#: Inputs of several values; what they hold is written again at every save.
LISTS = frozenset(["checkboxes", "listbox", "tokens", "tree"])
#: Of these, those that write their values in the form's order.
SORTED = frozenset(["checkboxes", "listbox"])
#: Inputs that take a date apart.
CHECKED_DATES = frozenset(["date", "datepicker", "start date", "end date"])

_BY_TYPE = {"_boo": "checkbox", "_dat": "date", "_cod": "textarea"}
_SIZES = {"_num": 10, "_uri": 100, "_ema": 45}
#: Names of inputs that are shown as another one.
_ALSO = {"text with autocomplete": ("combobox", "tokens"), "textarea with autocomplete": ("textarea", "textarea")}
_WIDGETS = {
    "year": "text",
    "timepicker": "text",
    "regexp": "text",
    "start datetime": "start date",
    "end datetime": "end date",
}


def input_for(said: str, type_: str, *, values: bool, several: bool, hidden: bool) -> str:
    """The input of a field: what the form says ("" for nothing), else by its property: the id of its type, whether it
    has allowed `values`."""
    if hidden:
        return "hidden"
    if said:
        return _ALSO[said][several] if said in _ALSO else said
    if values:
        return "checkboxes" if several else "dropdown"
    return "text" if several and type_ != "_cod" else _BY_TYPE.get(type_, "text")


def widget_of(input_: str) -> str:
    """What the page shows: some inputs are a line of text with a script beside it."""
    return _WIDGETS.get(input_, input_)


def default_size(said: str, input_: str, type_: str, *, several: bool) -> int:
    """The width in characters of a line of text where the form says none; 0 for inputs that are no line of text."""
    if widget_of(input_) != "text":
        return 0
    if input_ == "year":
        return 4
    if said:
        return 35
    return 100 if several and type_ in ("", "_txt", "_uri") else _SIZES.get(type_, 35)
