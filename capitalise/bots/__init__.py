"""Kinds of bots: what each is made of (`kind`), and a folder for each that is built in."""
