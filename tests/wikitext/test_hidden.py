"""What signs hide is cut out as a regular expression would do it, and never slower than the text is long."""

from __future__ import annotations

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from capitalise.forms.saves import first_call
from capitalise.wikitext.hidden import COMMENTS, without

PIECES = st.lists(
    st.sampled_from(["<!--", "-->", "<nowiki>", "</NOWIKI>", "<pre>", "</pre>", "a", "-", ">", "\n"]), max_size=20
)
ALL = {**COMMENTS, "<nowiki>": "</nowiki>", "<pre>": "</pre>"}
PATTERN = re.compile(r"<!--.*?-->|<nowiki>.*?</nowiki>|<pre>.*?</pre>", re.DOTALL | re.IGNORECASE)


@given(PIECES.map("".join))
def test_as_a_regular_expression_says(text: str) -> None:
    assert without(text, ALL) == PATTERN.sub("", text)


def test_no_text_takes_long() -> None:
    started = time.process_time()
    assert without("<!--" * 300_000, ALL) == "<!--" * 300_000
    assert first_call("{{F|x=" + "<pre" * 100_000 + "<ref>" * 100_000 + "}}", "F") is not None
    assert time.process_time() - started < 3
