import SVGSanitising
import Testing

@Suite("Document types and their entities")
struct EntityTests {
    /// With a declaration inside, and a text that uses it.
    private func text(_ declarations: String, _ text: String = "&a;") throws -> String {
        try cleaned("<!DOCTYPE svg [\(declarations)]>\(open)<text>\(text)</text></svg>")
            .replacing("<svg \(XMLTests.namespace)><text>", with: "").replacing("</text></svg>", with: "")
            .replacing("<svg \(XMLTests.namespace)><text/></svg>", with: "")
    }

    private func fault(_ declarations: String, _ text: String = "&a;") -> SVGError? {
        error(of: "<!DOCTYPE svg [\(declarations)]>\(open)<text>\(text)</text></svg>")
    }

    @Test("What stands for a text is replaced by it")
    func texts() throws {
        #expect(try text("<!ENTITY a 'b c'>") == "b c")
        #expect(try text("<!ENTITY a \"b'c\"><!ENTITY a 'second'>") == "b'c")
        #expect(
            try text("<!ENTITY a '&#98;&#x63;'>\n<!-- x --><?x y?><!ELEMENT g ANY><!ATTLIST g x CDATA '>'>") == "bc")
        #expect(try text("<!ENTITY a ''>", "x&a;y") == "xy")
        #expect(try text("<!NOTATION x SYSTEM 'y'><!ENTITY a 'b'>") == "b")
    }

    @Test("What Illustrator writes")
    func illustrator() throws {
        let document = """
            <?xml version="1.0" encoding="utf-8"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
            <!ENTITY ns_svg "http://www.w3.org/2000/svg">
            <!ENTITY ns_xlink "http://www.w3.org/1999/xlink">
            <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
            ]>
            <svg version="1.1" xmlns="&ns_svg;" xmlns:xlink="&ns_xlink;" xmlns:i="&ns_ai;" width="8" height="8">
            <switch><foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1"><i:pgfRef xlink:href="#a"/>
            </foreignObject><g i:extraneous="self"><use xlink:href="#b"/></g></switch></svg>
            """
        #expect(
            try cleaned(document) == "<svg \(XMLTests.namespace) xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
                + "version=\"1.1\" width=\"8\" height=\"8\"><switch><g><use xlink:href=\"#b\"/></g></switch></svg>")
    }

    @Test(
        "What is outside is nothing, and never looked at",
        arguments: [
            "<!ENTITY a SYSTEM 'file:///etc/passwd'>", "<!ENTITY a PUBLIC 'x' 'https://evil.example'>",
            "<!ENTITY a SYSTEM \"https://evil.example\" NDATA gif>",
        ])
    func external(_ declaration: String) throws {
        #expect(try text(declaration, "x&a;y") == "xy")
    }

    @Test(
        "Parameter entities stand for nothing",
        arguments: [
            "<!ENTITY % a SYSTEM 'https://evil.example'>%a;", "<!ENTITY % a '<!ENTITY b \"c\">'>%a;", "%undeclared;",
        ])
    func parameters(_ declaration: String) throws {
        #expect(try text(declaration, "x") == "x")
        #expect(fault(declaration, "&a;")?.fault == .reference)
    }

    @Test(
        "What is made of markup or of others is refused where it is used",
        arguments: [
            "<!ENTITY a '&b;'><!ENTITY b 'c'>", "<!ENTITY a '&a;'>", "<!ENTITY a '<g/>'>", "<!ENTITY a '&#60;g/>'>",
            "<!ENTITY a '&#38;#60;g/>'>", "<!ENTITY a '%b;'>", "<!ENTITY a '&amp;'>",
        ])
    func composed(_ declaration: String) throws {
        #expect(fault(declaration)?.fault == .entity)
        #expect(try text(declaration, "x") == "x")
    }

    @Test("Ten thousand million laughs")
    func laughs() {
        let names = (1...10).map { "<!ENTITY l\($0) '\(String(repeating: "&l\($0 - 1);", count: 10))'>" }.joined()
        #expect(fault("<!ENTITY l0 'lol'>" + names, "&l10;")?.fault == .entity)
    }

    @Test("A long one, often")
    func quadratic() {
        let long = String(repeating: "a", count: 100_000)
        #expect(fault("<!ENTITY a '\(long)'>", String(repeating: "&a;", count: 100))?.limit == .entityBytes)
        #expect(
            error(
                of:
                    "<!DOCTYPE svg [<!ENTITY a '\(long)'>]>\(open)<g id='\(String(repeating: "&a;", count: 100))'/></svg>"
            )?
            .limit == .entityBytes)
    }

    @Test(
        "Document types",
        arguments: [
            "<!DOCTYPE svg>", "<!DOCTYPE svg SYSTEM 'https://evil.example'>", "<!DOCTYPE svg PUBLIC 'x'>",
            "<!DOCTYPE svg PUBLIC 'x' 'y' [ ]>",
            "<!DOCTYPE svg [<!ENTITY nbsp '&#160;'>] >", "<!DOCTYPE x:y\n[\n]>",
        ])
    func documentTypes(_ text: String) throws {
        #expect(try cleaned("\(text)<svg \(XMLTests.namespace)/>") == "<svg \(XMLTests.namespace)/>")
    }
}
