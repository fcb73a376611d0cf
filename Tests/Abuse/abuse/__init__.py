"""Abuses of an image server that speaks ImageKit's URLs, each an executable case with its number.

Nothing but the standard library is needed: `python -m abuse --help`."""
