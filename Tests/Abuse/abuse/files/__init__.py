"""Hostile and odd files, made by code: standard library only, the same bytes on every run.

Each is a function without arguments under `@hostile`, whose doc line says what the file is and which defect it aims at.
`python -m abuse.files FOLDER` writes them all."""

from . import gifs, heifs, jpegs, pdfs, pngs, polyglots, profiles, svgs, tiffs, webps  # noqa: F401
from .register import FILES, HostileFile, media_type, of_case

__all__ = ["FILES", "HostileFile", "media_type", "of_case"]
