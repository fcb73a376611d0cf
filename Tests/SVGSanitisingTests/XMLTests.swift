import SVGSanitising
import Testing

@Suite("Text, markup, names and entities")
struct XMLTests {
    static let namespace = ##"xmlns="http://www.w3.org/2000/svg""##

    struct Fault: CustomTestStringConvertible {
        let text: String
        let fault: SVGError.Fault

        init(_ text: String, _ fault: SVGError.Fault) {
            (self.text, self.fault) = (text, fault)
        }

        var testDescription: String { String(text.debugDescription.prefix(100)) }
    }

    static let faults: [Fault] = [
        Fault("", .unfinished), Fault(" ", .unfinished), Fault("<", .name), Fault("text", .content),
        Fault("<svg \(namespace)>", .unfinished), Fault("<svg \(namespace)", .tag),
        Fault("<svg \(namespace)></svg", .tag),
        Fault("<svg \(namespace)></SVG>", .end), Fault("<svg \(namespace)><g></svg></g>", .end), Fault("</svg>", .name),
        Fault("<svg \(namespace)/><svg \(namespace)/>", .content), Fault("<svg \(namespace)/>text", .content),
        Fault("<svg \(namespace)/>\u{0}", .character), Fault("<svg \(namespace)>\u{0}</svg>", .character),
        Fault("<svg \(namespace)>\u{8}</svg>", .character), Fault("<svg \(namespace)>\u{FFFF}</svg>", .character),
        Fault("<svg \(namespace) a></svg>", .attribute), Fault("<svg \(namespace) a=b></svg>", .attribute),
        Fault("<svg \(namespace) a='b></svg>", .unfinished), Fault("<svg \(namespace) a='<'></svg>", .attribute),
        Fault("<svg \(namespace) x='1'y='2'/>", .tag), Fault("<svg \(namespace) x='1' x='2'/>", .duplicate),
        Fault("<svg \(namespace)/ >", .tag), Fault("< svg \(namespace)/>", .name), Fault("<1/>", .name),
        Fault("<svg \(namespace)>&</svg>", .name), Fault("<svg \(namespace)>&a</svg>", .reference),
        Fault("<svg \(namespace)>&nbsp;</svg>", .reference), Fault("<svg \(namespace)>&#;</svg>", .reference),
        Fault("<svg \(namespace)>&#x;</svg>", .reference), Fault("<svg \(namespace)>&#0;</svg>", .reference),
        Fault("<svg \(namespace)>&#8;</svg>", .reference), Fault("<svg \(namespace)>&#xD800;</svg>", .reference),
        Fault("<svg \(namespace)>&#x110000;</svg>", .reference),
        Fault("<svg \(namespace)>&#99999999999999999999;</svg>", .reference),
        Fault("<svg \(namespace)>&#X41;</svg>", .reference), Fault("<svg \(namespace) x='&#4'/>", .reference),
        Fault("<svg \(namespace)><!-- </svg>", .unfinished), Fault("<svg \(namespace)><![CDATA[ </svg>", .unfinished),
        Fault("<svg \(namespace)><!DOCTYPE svg></svg>", .name), Fault("<?xml version='1.0'", .unfinished),
        Fault("<!DOCTYPE svg [<svg \(namespace)/>", .documentType), Fault("<!DOCTYPE", .documentType),
        Fault("<!DOCTYPE svg><!DOCTYPE svg><svg \(namespace)/>", .name),
        Fault("<!DOCTYPE svg [<!ENTITY a 'b>]><svg \(namespace)/>", .unfinished),
        Fault("<!DOCTYPE svg [<!WHAT a 'b'>]><svg \(namespace)/>", .documentType),
        Fault("<![CDATA[<svg \(namespace)/>]]>", .name),
    ]

    @Test("What is not well-formed is refused", arguments: faults)
    func fault(_ case: Fault) {
        #expect(error(of: `case`.text)?.fault == `case`.fault)
    }

    @Test("What is no SVG is refused")
    func otherRoots() throws {
        for text in [
            "<html/>", "<svg xmlns='http://www.w3.org/1999/xhtml'/>", "<svg xmlns='http://www.w3.org/2000/svg/'/>",
            "<g \(Self.namespace)/>", "<p:svg/>", "<SVG \(Self.namespace)/>", "<a><svg \(Self.namespace)/></a>",
            "<p:svg xmlns:p='http://www.w3.org/2000/SVG'/>", "<svg xmlns='http://example'/>",
        ] { #expect(error(of: text) == .notSVG, "\(text)") }
    }

    @Test("Namespaces count, prefixes do not")
    func namespaces() throws {
        let empty = "<svg \(Self.namespace)/>"
        #expect(try cleaned("<svg/>") == empty)
        #expect(try cleaned("<p:svg xmlns:p='http://www.w3.org/2000/svg'/>") == empty)
        #expect(try cleaned("<p:svg xmlns:p='http://www.w3.org/2000/s&#118;g'/>") == empty)
        #expect(
            try cleaned("<p:svg xmlns:p='http://www.w3.org/2000/svg'><rect/><p:rect/></p:svg>")
                == "<svg \(Self.namespace)><rect/></svg>")
        #expect(try inside("<use l:href='#a' xmlns:l='http://www.w3.org/1999/xlink'/>") == ##"<use xlink:href="#a"/>"##)
        #expect(try inside("<g xmlns:xlink='http://elsewhere.example'><use xlink:href='#a'/></g>") == "<g><use/></g>")
        #expect(try inside("<g xmlns=''><rect/></g><rect/>") == "<rect/>")
        #expect(try inside("<x:g xmlns:x='u' xmlns='http://www.w3.org/2000/svg'/><g/>") == "<g/>")
        #expect(try cleaned("\(open)<use xlink:href='#a'/></svg>").hasPrefix(String(open.dropLast(1))))
    }

    @Test("Every way to write a character is read")
    func references() throws {
        #expect(
            try inside("<text>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;<![CDATA[<&]]>é</text>")
                == "<text>&lt;&gt;&amp;&quot;'AB&lt;&amp;é</text>")
        #expect(
            try inside("<g id=\"a&#9;&#10;&#13;\tb\nc\r\nd'&quot;\"/>") == "<g id=\"a&#9;&#10;&#13; b c d'&quot;\"/>")
        #expect(try inside("<text>a\r\nb\rc\n</text>") == "<text>a\nb\nc\n</text>")
    }

    @Test("Comments and instructions are dropped, whatever is in them")
    func comments() throws {
        let head = "<?xml version='1.0'?><?xml-stylesheet href='x'?><!-- a -- b --><!DOCTYPE svg>"
        #expect(
            try cleaned("\(head)<svg \(Self.namespace)><!--<g/>--><?php x?></svg><!-- c --> ")
                == "<svg \(Self.namespace)/>")
    }

    // MARK: Codings

    static let accented = "<svg \(namespace)><title>é€</title></svg>"

    @Test("Codings")
    func codings() throws {
        let text = Self.accented
        #expect(try cleaned(text) == text)
        #expect(try cleaned([0xEF, 0xBB, 0xBF] + text.utf8) == text)
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let little = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try cleaned([0xFE, 0xFF] + big) == text)
        #expect(try cleaned([0xFF, 0xFE] + little) == text)
        for name in ["ISO-8859-1", "iso-8859-1", "windows-1252", "latin1"] {
            let head = Array("<?xml version=\"1.0\" encoding=\"\(name)\"?><svg \(Self.namespace)><title>".utf8)
            #expect(try cleaned(head + [0xE9, 0x80] + Array("</title></svg>".utf8)) == text)
        }
        #expect(
            try cleaned("<?xml version='1.0' encoding='us-ascii'?><svg \(Self.namespace)/>")
                == "<svg \(Self.namespace)/>")
        // Beyond the first plane.
        let bird = "<svg \(Self.namespace)><title>🐦</title></svg>"
        let wide = bird.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(try cleaned([0xFE, 0xFF] + wide) == bird)
    }

    @Test(
        "Other codings are refused",
        arguments: [
            "UTF-7", "utf-16", "UTF-32", "EBCDIC-CP-US", "shift_jis", "gb18030", "x-user-defined", "iso-2022-jp",
            "UTF-8\u{1C}",
        ])
    func otherCodings(_ name: String) throws {
        guard case .encoding(let said) = error(of: "<?xml version='1.0' encoding='\(name)'?>\(Self.accented)") else {
            // A name that a control character was in.
            #expect(name.hasSuffix("\u{1C}"))
            return
        }
        #expect(name.hasPrefix(said))
    }

    @Test("UTF-7 is text")
    func utf7() throws {
        #expect(
            try inside("<text>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</text>")
                == "<text>+ADw-script+AD4-alert(1)+ADw-/script+AD4-</text>")
    }

    @Test(
        "Bytes that are no characters",
        arguments: [
            [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82], [0x80], [0xC3],
        ] as [[UInt8]])
    func badBytes(_ bytes: [UInt8]) throws {
        let (start, end) = (Array("<svg \(Self.namespace)><title>".utf8), Array("</title></svg>".utf8))
        #expect(error(of: start + bytes + end)?.fault == .coding)
        #expect(error(of: start + bytes)?.fault == .coding)
        let declaration = [UInt8]("<?xml version='1.0' encoding='us-ascii'?>".utf8)
        let accented: [UInt8] = declaration + start + [0xC3, 0xA9] + end
        #expect(error(of: accented)?.fault == .coding)
    }

    @Test("UTF-16 that is cut, or has half a pair, or no mark")
    func badUTF16() {
        #expect(error(of: [0xFE, 0xFF, 0x00])?.fault == .coding)
        #expect(error(of: [0xFE, 0xFF, 0xD8, 0x00])?.fault == .coding)
        #expect(error(of: [0xFE, 0xFF, 0xD8, 0x00, 0x00, 0x41])?.fault == .coding)
        #expect(error(of: [0xFE, 0xFF, 0xDC, 0x00])?.fault == .coding)
        #expect(error(of: [0x00, 0x3C, 0x00, 0x73])?.fault == .character)
        // The mark of UTF-32.
        #expect(error(of: [0xFF, 0xFE, 0, 0, 0x3C, 0, 0, 0])?.fault == .character)
    }
}
