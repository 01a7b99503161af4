"""The bot `crosslinks`: which links between wikis are broken, and which pages do not know of each other.

sets       which pages the bot looks at
addresses  which page of which wiki an address or a link means
quotes     the links of some pages, each with the page it means
anchors    the sections that a link can name
facts      what the wikis say of the pages that are named
checks     one link and the facts: what is wrong with it, and what to write instead
matrix     who quotes whom
names      the words for each rule; report, the page on the wiki
planner    the three together, as findings
"""
