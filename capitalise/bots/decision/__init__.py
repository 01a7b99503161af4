"""A decision that people took on Loomio, as a page of the wiki.

words      what people typed (HTML or Markdown) as lines of plain words, and the addresses in it
thread     a thread, its votes, what came of them
loomio     threads read from an export: JSON, a record a line, or CSV in tables
names      people, taken out of a thread that not everybody may read
pasted     a thread that somebody pasted into a text file
planner    the pages and their list
kind       settings and kind
"""
