"""The bot `normalise`: what contributors filled into forms, brought to one form without changing what they meant.

rules/     a file for each kind of value: a value in, the one that was meant or a doubt out
catalogue  every rule by its id, for the TOML, the help page and the docs
value      one value through the rules of its kind
structure  a call's parameters: names, doubles, pipes
limits     what only a person can mend
page       a page's text through all of it, read again before it counts
planner    pages into a plan; report, the page on the wiki about it
"""
