"""What a wiki's own form pages say: which fields a page has, in which order, under which labels.

definition  a `Formulaire:` page read as Page Forms reads it (a first, plain reading)
"""
