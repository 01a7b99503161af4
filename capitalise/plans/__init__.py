"""What a bot would change and why: the one thing every bot makes and every surface shows.

model      Plan, PageChange, SheetChange, Conflict, Finding
merge      one field of one row with one page: the truth table
regions    a bot's own part of a page, planned
reverts    an edit of ours that people took back
decisions  the column "à décider"
damage     a column that was sorted alone
diff       a change as lines to show
serial     a plan as JSON and back
"""
