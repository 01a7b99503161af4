"""What a wiki's own pages say of its forms: which fields a page has, and what each of them holds.

tags        the tags of a `Formulaire:` page, and the words before them
definition  its templates and fields, and every other tag, as Page Forms reads them
template    a `Modèle:` page: which parameters it uses, what they are stored in
property    an `Attribut:` page: type and allowed values
schema      the three together: what each parameter is to hold
check       what is wrong in them, with a remedy
"""
