"""`python -m capitalise`."""

from capitalise.cli.main import main

main(prog_name="capitalise")
