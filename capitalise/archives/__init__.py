"""A wiki that closed and is left as HTML pages: which page a file is, what stands on it, and that as wikitext again."""
