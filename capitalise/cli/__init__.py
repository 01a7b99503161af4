"""The command line: parse arguments, call, show. No decision is taken here.

main      the commands
session   the workspace opened: its wikis and sheets
show      plans, runs and errors as people read them
"""
