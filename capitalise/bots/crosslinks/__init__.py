"""The bot `crosslinks`: which links between wikis are broken, and which pages do not know of each other.

sets       which pages the bot looks at
addresses  which page of which wiki an address or a link means
quotes     the links of some pages, each with the page it means; reading, all of them, some pages at a time
anchors    the sections that a link can name
facts      what the wikis say of the pages that are named; missing, of those that are not there; recall, asked for once; seen
outside    what other sites answered, beside what the report remembers
checks     one link and the facts: what is wrong with it, and what to write instead; nearest, which page was meant
matrix     who quotes whom
repair     links written anew, where somebody said so
names      the words for each rule; report, the page on the wiki
planner    all of it, as a plan
"""
