"""The one writer: a plan carried out, found again and taken back.

writer     one edit at a time: preflight, commit, unclear answers, pace
etiquette  what people can tell a bot: stop page, talk page, {{bots}}, quiet time
verify     what was really saved: parents and texts read back and judged
apply      a whole plan: the pages, then the sheet
locks      one run at a time for each wiki and sheet
ceilings   what a bot that runs by itself may do without asking
run_page   the wiki page on which it says what it did
history    runs found again from the account's contributions
undo       a run taken back, as a plan like any other
"""
