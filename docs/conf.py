"""The docs as a site, by Sphinx: `make docs`."""

project = "capitalise"
extensions = ["myst_parser"]
exclude_patterns = ["_site", "__pycache__"]
html_theme = "furo"
html_title = "capitalise"
html_show_copyright = False
language = "fr"
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # links to files of the project that are no page
