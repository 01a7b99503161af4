"""The nouns that every room shares.

revisions  Revision, Head, Edit, Receipt: what a wiki holds and what is sent to it
titles     page titles: one spelling, what makes them illegal, which are nearly the same
ports      Reader and Store, the two interfaces of a wiki
"""
