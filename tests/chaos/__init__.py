"""Runs under fire: a proxy that breaks answers, people who edit meanwhile, kills; and a checker of what is left.

proxy    between the program and a real MediaWiki: drops, delays, refuses, kills, by a seed
client   the program in a process of its own, its time running 300 times as fast
story    twelve pages, a sheet, people and editors: what happens in one seed
checker  reads histories and the sheet, and says what was lost; shares no code with the program
"""
