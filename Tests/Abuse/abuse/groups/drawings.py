"""What may stand in an SVG that a server gives to browsers: looked at with a parser, not by words."""

import re
import xml.parsers.expat

ELEMENTS = {
    "script", "foreignobject", "iframe", "embed", "object", "handler", "listener", "include", "link", "meta", "audio",
    "video", "base", "form", "html", "body",
}  # fmt: skip
LINKS = {"href", "src", "base"}
INNER_LINK = re.compile(r"\s*(#|data:image/(png|jpe?g|gif|webp)[;,]|$)", re.I)
OUTER_STYLE = re.compile(r"@import|@charset|expression\s*\(|javascript:|behavior\s*:|-moz-binding|\\", re.I)
STYLE_LINK = re.compile(r"url\(\s*(['\"]?)\s*([^)'\"]*)", re.I)


def dangers(data):
    """Sentences on what a browser might run or load of this drawing; also if it is no well-formed XML."""
    found = []
    parser = xml.parsers.expat.ParserCreate()
    inside = []

    def start(name, attributes):
        local = name.rpartition(":")[2].lower()
        inside.append(local)
        if local in ELEMENTS:
            found.append(f"an element {name}")
        for key, value in attributes.items():
            found.extend(_of_attribute(local, key.rpartition(":")[2].lower(), value))

    def text(words):
        if inside and inside[-1] == "style":
            found.extend(_of_style(words))

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: inside.pop()
    parser.CharacterDataHandler = text
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = lambda *_: found.append("a document type")
    parser.EntityDeclHandler = lambda *_: found.append("an entity")
    parser.ProcessingInstructionHandler = lambda kind, _: found.append(f"an instruction {kind}")
    try:
        parser.Parse(data, True)
    except (xml.parsers.expat.ExpatError, ValueError) as error:
        found.append(f"no well-formed XML: {error}")
    return found


def _of_attribute(element, key, value):
    if key.startswith("on"):
        yield f"an attribute {key}"
    if key in LINKS and not INNER_LINK.match(value):
        yield f"{key}={value[:60]!r} of {element}"
    if "script:" in re.sub(r"[\0-\x20]", "", value).lower():
        yield f"a script in {key} of {element}"
    if key == "attributename" and (value.rpartition(":")[2].lower() == "href" or value.lower().startswith("on")):
        yield f"{element} of {value}"
    yield from _of_style(value, is_sheet=key == "style")


def _of_style(words, is_sheet=True):
    for found in STYLE_LINK.finditer(words):
        if not INNER_LINK.match(found[2]):
            yield f"a style with url({found[2][:60]})"
    if is_sheet and (found := OUTER_STYLE.search(words)):
        yield f"a style with {found[0]!r}"
