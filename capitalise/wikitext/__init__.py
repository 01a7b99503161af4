"""Pure text: wikitext read as MediaWiki reads it, and edited in place.

preprocessor  where calls, links, tags and comments begin and end
calls         template calls: their parameters, and a page with some values replaced
values        what stands in a cell ⇄ what stands between two pipes
canonical     the one form in which text is planned, hashed and sent
instances     a list of sub-template calls ⇄ one line each
"""
