"""The bot `roumics`: the pages of a yearly event, made from a small folder that any organiser can fill.

sections   the parts of a report, by their templates
event      Event, Session, Speaker: an edition as its folder tells it; dates and times as people type them
rows       a table of sessions → sessions
checks     what is missing for a report that can be published
french     dates, times and ordinals as French writes them
notes      what somebody noted in a workshop (pandoc's tree) → wikitext; private → what is held back
outcomes   decisions and tasks in notes
taken      what people wrote between the bot's marks, brought back into the folder
links      links between wikis; values → what the templates are filled with; figures → the numbers of all editions
build      editions → pages, each as the text of its regions
planner    pages → plan
pull       words of people between the marks → the folder
uploads    photos and slides → plan
page       a report that somebody wrote by hand → an edition
"""
