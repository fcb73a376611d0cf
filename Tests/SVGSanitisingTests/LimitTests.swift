import SVGSanitising
import Testing

@Suite("Limits")
struct LimitTests {
    @Test(
        "Each is kept, and named",
        arguments: [
            ("elements", "\(open)\(String(repeating: "<g/>", count: 11))</svg>"),
            (
                "levels of elements",
                "\(open)\(String(repeating: "<g>", count: 11))\(String(repeating: "</g>", count: 11))</svg>"
            ),
            ("attributes of an element", "\(open)<g a='' b='' c='' d='' e='' f='' g='' h='' i='' j='' k=''/></svg>"),
            (
                "namespaces",
                "\(open)<g \((0...5).map { "xmlns:a\($0)='u'" }.joined(separator: " "))>"
                    + "<g \((0...5).map { "xmlns:b\($0)='u'" }.joined(separator: " "))/></g></svg>"
            ),
            ("entities", "<!DOCTYPE svg [\((0...10).map { "<!ENTITY a\($0) 'u'>" }.joined())]>\(open)</svg>"),
            ("bytes", "\(open)\(String(repeating: " ", count: 2_000))</svg>"),
            ("bytes when written anew", "\(open)<text>\(String(repeating: "\"", count: 500))</text></svg>"),
            (
                "elements drawn by reference",
                "\(open)<g id='a'>\(String(repeating: "<g/>", count: 6))</g><use href='#a'/><use href='#a'/></svg>"
            ),
        ])
    func limits(_ name: String, _ document: String) {
        var limits = SVGLimits()
        (limits.elements, limits.depth, limits.attributes, limits.namespaces, limits.entities) = (10, 10, 10, 10, 10)
        (limits.bytes, limits.outputBytes, limits.drawnElements) = (2_000, 2_000, 20)
        #expect(error(of: document, limits: limits)?.limit?.rawValue == name)
        #expect(error(of: document) == nil)
    }

    @Test(
        "A few elements, each drawn ten times by the next",
        arguments: [
            "<use href='#l%'/>", "<use xlink:href=' #l% '/>", "<rect fill='url(#l%)'/>",
            "<g style='mask:url(\"#l%\")'/>",
            "<use href='#%6C%'/>", "<path d='M0 0h1h1h1h1h1h1' marker-mid='url(#l%)'/>",
        ])
    func references(_ link: String) {
        let levels = (1...12).map { level in
            "<g id='l\(level)'>\(String(repeating: Self.link(link, to: level - 1), count: 10))</g>"
        }
        #expect(error(of: "\(open)<g id='l0'><rect/></g>\(levels.joined())</svg>")?.limit == .drawnElements)
        // Those of one level, often.
        let flat = (1...1_000).map { _ in Self.link(link, to: 0) }
        #expect(error(of: "\(open)<g id='l0'><rect/></g>\(flat.joined())</svg>") == nil)
    }

    @Test(arguments: [
        String(repeating: "1 ", count: 225), String(repeating: "-0.123, ", count: 225),
        String(repeating: "1-", count: 224),
    ])
    func matricesThatMayBe(_ numbers: String) throws {
        let text = "<feConvolveMatrix kernelMatrix=\"\(numbers)\"/>"
        #expect(try inside(text) == text)
    }

    private static func link(_ text: String, to level: Int) -> String {
        text.replacing("l%", with: "l\(level)").replacing("%6C%", with: "%6C\(level)")
    }

    @Test("What refers to itself is left out")
    func loops() throws {
        #expect(try inside("<g id='a'><use href='#a' x='1'/></g>") == ##"<g id="a"><use x="1"/></g>"##)
        #expect(
            try inside("<g id='a'><use href='#b'/></g><g id='b'><use xlink:href='#a'/></g>")
                == ##"<g id="a"><use href="#b"/></g><g id="b"><use/></g>"##)
        #expect(
            try inside("<pattern id='p'><rect fill='url(#p)'/></pattern><rect fill='url(#p)'/>")
                == ##"<pattern id="p"><rect/></pattern><rect fill="url(#p)"/>"##)
        #expect(
            try inside("<mask id='m'><g style='mask:url(#m);fill:red'/></mask>") == ##"<mask id="m"><g/></mask>"##)
        // No loops: an animation names what it lies in, and a gradient inherits.
        for text in [
            ##"<rect id="a"><animate href="#a" attributeName="x" to="1"/></rect>"##,
            ##"<linearGradient id="a"/><linearGradient id="b" href="#a"/><linearGradient id="c" href="#a"/>"##,
            ##"<use href="#b"/><g id="b"/>"##, ##"<use href="#missing"/>"##,
        ] { #expect(try inside(text) == text) }
    }

    @Test(
        "The work grows with the length alone",
        arguments: [
            String(repeating: "<g>", count: 100_000), String(repeating: "<g ", count: 100_000),
            String(repeating: "&", count: 100_000),
            "<g \((0..<100_000).map { "a\($0)=''" }.joined(separator: " "))/>",
            String(repeating: "<!--", count: 100_000),
            "<g style='\(String(repeating: "a(", count: 100_000))'/>",
            "<g style='\(String(repeating: "url(\"", count: 50_000))'/>",
            "<style>\(String(repeating: "a{", count: 100_000))</style>",
            "<style>\(String(repeating: "@media a{", count: 50_000))</style>",
            "<style>\(String(repeating: "/*", count: 100_000))</style>",
            "<style>\(String(repeating: "a'\n", count: 100_000))</style>",
            "<style>\(String(repeating: "(]", count: 100_000))</style>",
            "<style>\(String(repeating: "url(", count: 100_000))</style>",
            "<g fill='\(String(repeating: "\\", count: 100_000))'/>",
            "<g id='a'>\(String(repeating: "<use href='#a'/>", count: 20_000))</g>",
            (0..<20_000).map { "<g id='\($0)'><use href='#\($0 + 1)'/></g>" }.joined(),
        ])
    func work(_ body: String) throws {
        // Each is answered, one way or the other; what takes for ever would never end.
        _ = error(of: "\(open)\(body)</svg>")
    }
}

@Suite("How large a drawing may say that it is")
struct SizeTests {
    @Test(
        "What it says",
        arguments: [
            ("width='20' height='10.4px'", [20, 10]), ("width='1in' height='2.54cm'", [96, 96]),
            ("viewBox='0 0 30 40'", [30, 40]), ("viewBox='0 0 30 40' width='60'", [60, 80]),
            ("width='100%' height='100%' viewBox='0,0,7,9'", [7, 9]), ("style='width:5px;height:6px'", [5, 6]),
            ("width='2em' height='10'", nil), ("width='5'", nil), ("", nil), ("width='0' height='5'", nil),
            ("width='-5' height='5'", nil),
        ] as [(String, [Int]?)])
    func size(_ attributes: String, _ size: [Int]?) throws {
        let document = Array("<svg xmlns='http://www.w3.org/2000/svg' \(attributes)/>".utf8)
        let drawing = try SVGSanitiser.sanitise(document.span.bytes)
        #expect(drawing.size.map { [$0.width, $0.height] } == size)
    }

    @Test(
        "What cannot be drawn is refused",
        arguments: [
            "width='1e9' height='1e9'", "width='1e9'", "height='300001'", "viewBox='0 0 1e9 1e9'",
            "viewBox='0,0,1e9,10'",
            "viewBox='0 0 1 1e9' width='1'", "width='100000cm'", "width='1e400'", "width='-1e9'",
            "width='1e5' viewBox='0 0 1 10'",
            "viewBox='0 0 nan inf'", "style='width:1e9px'", "width='1' style='height:1e9px'", "width='10000em'",
            "viewBox='0 0 1e9 1e9' width='100%'",
            "viewBox='0 0 0 1' height='0' width='1e300'",
        ])
    func large(_ attributes: String) {
        #expect(error(of: "<svg \(XMLTests.namespace) \(attributes)/>")?.limit == .side)
    }

    @Test(
        "What can be drawn is not",
        arguments: [
            "", "width='100%' height='100%'", "width='300000' height='1'", "width='10em'", "width='auto'", "width=''",
            "width='0'",
            "viewBox='0 0 1e9 1e9' width='100' height='100'", "viewBox='0 0 2e9 1e9' width='100'", "width='-5'",
            "viewBox='nonsense'",
            "width='210mm' height='297mm' viewBox='0 0 210 297'", "viewBox='-1e9 -1e9 10 10'",
        ])
    func fitting(_ attributes: String) {
        #expect(error(of: "<svg \(XMLTests.namespace) \(attributes)/>") == nil)
    }

    @Test(
        "Letters that are too tall have their usual size",
        arguments: [
            ("<text font-size='1e9'/>", "<text/>"),
            (
                "<text style='font-size:1e9px;fill:red'/>",
                "<text style=\"fill:red\"/>"
            ),
            ("<text style='font:20000em serif'/>", "<text/>"), ("<text font-size='100'/>", "<text font-size=\"100\"/>"),
            ("<style>a{font-size:99999%}</style>", "<style/>"), ("<text font-size='-1e9'/>", "<text/>"),
        ])
    func letters(_ before: String, _ after: String) throws {
        #expect(try inside(before) == after)
    }
}
