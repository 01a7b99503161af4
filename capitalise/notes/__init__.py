"""What people noted in a meeting, made ready for a wiki page.

tree      pandoc's tree: its text, its lines
clean     a tree → one for pandoc's writer, and what was met on the way
private   lines that are held back until somebody allows them
outcomes  decisions and tasks in lines
"""
