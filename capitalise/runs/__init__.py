"""The one writer: a plan carried out, found again and taken back.

ids      run ids, and the edit summaries that carry them
writer   one edit at a time: preflight, commit, unclear answers, pace
etiquette  what people can tell a bot: stop page, talk page, {{bots}}, quiet time
verify   what was really saved: parents and texts read back and judged
apply    a whole plan: the pages, then the sheet
history  runs found again from the account's contributions
undo     a run taken back, as a plan like any other
"""
