"""Commands about the sheets of ingredients."""
