"""The bot `roumics`: the pages of a yearly event, made from a small folder that any organiser can fill.

event      Event, Session, Speaker: an edition as its folder tells it; dates and times as people type them
rows       a table of sessions → sessions
edition    an edition with its notes and decisions; the bot's settings; a page as it is built
checks     what is missing for a report that can be published
french     dates, times and ordinals as French writes them
accounts   an edition's notes (room `notes`) → the accounts of its sessions, less what is private
sections   the parts of a page, by their templates
values     what the templates are filled with; the numbers of all editions
build      editions → pages, each as the text of its regions
planner    pages → plan; left: pages and parts that are made no more
taken      what people wrote between the bot's marks, as layers; pull: found on the wiki for the folder
pictures   which file of the wiki is a picture of an edition
published  what this folder published: what another laptop did since is not rolled back
uploads    photos and slides → plan
page       a report that somebody wrote by hand → an edition
"""
