"""Adapters: places that pages are read from and written to.

folder       a wiki in a folder of `.wiki` files, with its own history
journal      the folder's append-only log
mediawiki    a MediaWiki over its Action API
answers      what it answers, as pages and revisions; what its refusals mean
api          the request loop under it: login, waiting, errors
patience     waiting: how long, and when it is enough
credentials  who we are on a wiki, from the environment or a private file
"""
