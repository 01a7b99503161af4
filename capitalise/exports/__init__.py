"""What goes out to be read or printed.

templates  Jinja2 templates: the workspace's own before the shipped ones
plan_page  a plan as a page for a browser or a meeting
"""
