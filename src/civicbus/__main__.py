"""`python -m civicbus`: the command line."""

from civicbus.cli import main

main()
