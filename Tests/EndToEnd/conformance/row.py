"""What a numbered pair is: what is asked of which original, where the expectation comes from, and what is checked."""

from dataclasses import dataclass, field

# The reference's sources (§0.2) and the evidence tag (§0.1) that each carries.
EVIDENCE = {
    **dict.fromkeys("RC EN LY OV AX CO CH HI FM RM NT DI SEO LI VI RW SG AI docs".split(), "D"),
    "SDK": "S",
    "ED": "E",
    "MB": "M",
    "USR": "T",
    "[I]": "I",
    "DER": "derived",
}


@dataclass(frozen=True)
class Row:
    """A pair that is asked for: `text` is the transformation of the original `name`, or `path` is sent as it is."""

    number: int
    source: str
    checks: tuple
    name: str = ""
    text: str = ""
    path: str | None = None
    headers: dict = field(default_factory=dict)

    @property
    def evidence(self):
        return evidence(self.source)

    def __str__(self):
        return f"{self.number} [{self.evidence}] {self.path or self.text} {self.name}"


@dataclass(frozen=True)
class LeftOut:
    """A pair whose outcome nobody can check here. Where `refused` is set, asking for it is a 400 that names that."""

    number: int
    source: str
    text: str
    reason: str
    refused: str | None = None
    name: str = "medium_cafe_B1iTdD0C.jpg"

    @property
    def evidence(self):
        return evidence(self.source)

    def __str__(self):
        return f"{self.number} [{self.evidence}] {self.text}"


def evidence(source):
    words = [word for word in source.split() if word in EVIDENCE]
    assert words, f"{source} is none of the reference's sources"
    return ", ".join(dict.fromkeys(EVIDENCE[word] for word in words))


def row(number, name, text, source, *checks, headers=None):
    return Row(number, source, checks, name=name, text=text, headers=headers or {})


def at(number, path, source, *checks, name="", headers=None):
    """A pair about the URL itself, whose original is `name`."""
    return Row(number, source, checks, name=name, path=path, headers=headers or {})
