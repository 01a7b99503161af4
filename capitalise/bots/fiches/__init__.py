"""The bot `fiches`: rows of a sheet and pages filled by a form, kept in step.

form      what the form says, ready for rows: one cell a field
page      a page's text ⇄ its cells
rows      a sheet's table ⇄ rows
matching  which page each row is about
fields    the fields of one row merged with its page
planner   all of it into one plan
"""
