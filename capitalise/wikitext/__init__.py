"""Pure text: wikitext read as MediaWiki reads it, and edited in place.

preprocessor  where calls, links, tags and comments begin and end
calls         template calls: their parameters, and a page with some values replaced
values        what stands in a cell ⇄ what stands between two pipes
canonical     the one form in which text is planned, hashed and sent
instances     a list of sub-template calls ⇄ one line each
tables        values inside wikitext tables
links         every link that is written in a page; linking: a link as one wiki writes it to another's page
plain         text shown as it is
regions       a part of a page that a bot owns
"""
