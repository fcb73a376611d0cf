"""An answer with its picture as pixels, and the way to ask for another one beside it."""

import io
from functools import cached_property

import numpy
from PIL import Image


class Shown:
    """`ask(text, name, **options)` asks for a transformation of an original, `go(path, **options)` for a path."""

    def __init__(self, answer, site, row):
        self.answer = answer
        self.site = site
        self.row = row

    @cached_property
    def picture(self):
        assert self.answer.status == 200, self.answer
        picture = Image.open(io.BytesIO(self.answer.body))
        picture.load()
        return picture

    @cached_property
    def pixels(self):
        """Red, green, blue and alpha of every pixel, by row and column, as signed numbers."""
        return numpy.asarray(self.picture.convert("RGBA")).astype(int)

    @property
    def size(self):
        return self.picture.size

    def beside(self, text, name=None, **options):
        """The same original under another transformation."""
        return self.site.shown(text, name or self.row.name, **options)

    def original(self):
        """The stored picture, read from the disk."""
        picture = Image.open(self.site.folder / self.row.name)
        return numpy.asarray(picture.convert("RGBA")).astype(int)

    def stored(self, name=None):
        return (self.site.folder / (name or self.row.name)).read_bytes()


class Site:
    """The instance under test: transformed pictures come from the endpoint whose default format is PNG."""

    def __init__(self, instance, folder):
        self.instance = instance
        self.folder = folder

    def get(self, path, headers=None):
        return self.instance.get(path, headers=headers or {})

    def shown(self, text, name, headers=None):
        return Shown(self.get(f"/demo/png/tr:{text}/{name}", headers), self, None)

    def of(self, row):
        path = row.path if row.path is not None else f"/demo/png/tr:{row.text}/{row.name}"
        return Shown(self.get(path, row.headers), self, row)
