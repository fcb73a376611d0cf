/// Drawings as they come, and as they are made by those who mean harm.
enum Drawings {
    static let words =
        [
            "<svg xmlns=\"http://www.w3.org/2000/svg\"", "xmlns:xlink=\"http://www.w3.org/1999/xlink\"", "xmlns:a=\"",
            "<a:",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<?xml-stylesheet href=\"a\"?>",
            "<!DOCTYPE svg [<!ENTITY e \"",
            "\">]>", "&e;", "<!--", "-->", "<![CDATA[", "]]>", "&#x", "&#106;", "&lt;", "&amp;", "&quot;",
            "<script>", "</script>", "<foreignObject>", "<style>", "</style>", "<image href=\"", "<use href=\"#",
            "<animate ",
            "<set attributeName=\"", "<a href=\"", "<g ", "<path d=\"", "<text>", "<tspan>", "<title>", "<filter>",
            "<feImage ",
            " onload=\"", " ONCLICK=\"", " style=\"", " fill=\"", " href=\"", " xlink:href=\"", " to=\"", " values=\"",
            " id=\"",
            " class=\"", " xml:space=\"preserve\"", "javascript:", "java\tscript:", "data:image/png;base64,",
            "data:text/html,",
            "data:image/svg+xml,", "https://", "//", "url(", "url(#a)", "url(\"", "\\75rl(", "\\0", "@import ",
            "@media ",
            "@font-face{", "expression(", "image-set(", "var(--a)", "--a:", "/*", "*/", "{", "}", ";", ":",
            "!important",
            "\u{0}", "\u{FEFF}", "\u{2028}", "\u{FFFD}", "/>", "</g>", "</svg>", "=", "\"", "'", "<", ">",
        ]

    static let all = [
        wrapped("<rect width=\"10\" height=\"10\" fill=\"url(#a)\" style=\"stroke:red;stroke-width:2\"/>"),
        wrapped(
            "<script>alert(1)</script><g onclick=\"alert(2)\"><a href=\"javascript:alert(3)\"><text>x</text></a></g>"),
        wrapped("<style>@import url(https://e/x.css);a{fill:red;background:url(//e)}.b{fill:url(#g)}</style>"),
        wrapped("<style><![CDATA[ .a > .b { fill: \"\\75rl(\"; } @media print { .c { fill: blue } } ]]></style>"),
        wrapped(
            "<use href=\"#a\"/><use xlink:href=\"https://e/x.svg#a\"/><g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"/>"),
        wrapped(
            "<image href=\"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ\" width=\"1\" height=\"1\"/>"
        ),
        wrapped("<animate attributeName=\"href\" to=\"javascript:alert(1)\"/><set attributeName=\"onload\" to=\"x\"/>"),
        wrapped("<foreignObject><body xmlns=\"http://www.w3.org/1999/xhtml\"><script/></body></foreignObject>"),
        "<?xml version=\"1.0\"?><!DOCTYPE svg [<!ENTITY a \"b\"><!ENTITY c \"&a;&a;\">]>"
            + wrapped("<text>&c;&#x41;</text>"),
        "<!-- a --><s:svg xmlns:s=\"http://www.w3.org/2000/svg\"><s:path d=\"M0 0\" s:fill=\"red\"/><x:y xmlns:x=\"z\"/></s:svg>",
        wrapped(
            "<text xml:space=\"preserve\"> a <tspan dx=\"1\">b</tspan>\n</text><title>t</title><filter id=\"f\"><feTurbulence numOctaves=\"99\"/></filter>"
        ),
        "\u{FEFF}" + wrapped("<g style=\"--a:url(#x);fill:var(--a);filter:url('#f') blur(3px)\"/>"),
    ]

    private static func wrapped(_ text: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 9\">\(text)</svg>"
    }
}
