import FirstInputs

/// Whether a document does nothing and refers to nothing: read by a scanner of its own, that knows less than the
/// sanitiser's and forgives nothing.
enum Harmless {
    private static let forbiddenElements: Set<String> = [
        "script", "foreignobject", "iframe", "frame", "object", "embed", "applet", "handler", "listener", "audio",
        "video",
        "canvas", "link", "meta", "base", "form", "input", "discard", "solidcolor", "html", "body", "img", "math",
        "annotation-xml",
    ]
    private static let attributesOfLinks: Set<String> = [
        "href", "src", "base", "action", "formaction", "data", "poster", "srcset",
    ]
    private static let attributesOfChanges: Set<String> = ["to", "from", "by", "values"]

    static func check(_ document: [UInt8]) {
        guard let text = String(validating: document, as: UTF8.self) else { violated("it is not UTF-8") }
        expect(document.starts(with: "<svg xmlns=\"http://www.w3.org/2000/svg\"".utf8), "it begins otherwise")
        var rest = text.utf8[...]
        var open: [String] = []
        var style = ""
        while !rest.isEmpty {
            if rest.first == UInt8(ascii: "<") {
                let (tag, isEnd, isEmpty) = element(&rest)
                if isEnd {
                    expect(open.popLast() == tag, "an end of \(tag) that ends nothing: \(text)")
                    if tag == "style" { checkStyle(style) }
                    style = ""
                } else if !isEmpty {
                    open.append(tag)
                }
            } else {
                let run = rest.prefix { $0 != UInt8(ascii: "<") }
                expect(!run.contains(UInt8(ascii: ">")), "an end of a tag that is none: \(text)")
                if open.last == "style" { style += decoded(run) }
                rest = rest[run.endIndex...]
            }
        }
        expect(open.isEmpty, "what is never closed: \(open)")
    }

    /// One tag, with its attributes judged.
    private static func element(_ rest: inout Substring.UTF8View) -> (name: String, isEnd: Bool, isEmpty: Bool) {
        rest.removeFirst()
        let isEnd = rest.first == UInt8(ascii: "/")
        if isEnd { rest.removeFirst() }
        let name = word(&rest)
        expect(!name.isEmpty, "markup that is no tag: \(Substring(rest.prefix(40)))")
        expect(!name.contains(":") && !forbiddenElements.contains(name.lowercased()), "the element \(name)")
        while rest.first == UInt8(ascii: " ") {
            rest.removeFirst()
            let attribute = word(&rest)
            expect(
                rest.popFirst() == UInt8(ascii: "=") && rest.popFirst() == UInt8(ascii: "\""),
                "\(attribute) without a value")
            let value = rest.prefix { $0 != UInt8(ascii: "\"") }
            expect(!value.contains(UInt8(ascii: "<")), "an open value of \(attribute)")
            rest = rest[value.endIndex...].dropFirst()
            judge(attribute, decoded(value))
        }
        let isEmpty = rest.first == UInt8(ascii: "/")
        if isEmpty { rest.removeFirst() }
        expect(rest.popFirst() == UInt8(ascii: ">"), "a tag that goes on: \(name)")
        return (name, isEnd, isEmpty)
    }

    private static func word(_ rest: inout Substring.UTF8View) -> String {
        let word = rest.prefix { !" \t\r\n/>=\"'<".utf8.contains($0) }
        rest = rest[word.endIndex...]
        return String(Substring(word))
    }

    private static func judge(_ attribute: String, _ value: String) {
        let name = String(attribute.split(separator: ":", omittingEmptySubsequences: false).last ?? "").lowercased()
        expect(!name.hasPrefix("on"), "an attribute that runs: \(attribute)")
        let squeezed = String(
            String.UnicodeScalarView(value.unicodeScalars.filter { $0.value > 0x20 && $0.value != 0x7F })
        ).lowercased()
        if attribute.hasPrefix("xmlns") {
            expect(
                value == "http://www.w3.org/2000/svg" || value == "http://www.w3.org/1999/xlink",
                "a namespace: \(value)")
        } else if attributesOfLinks.contains(name) {
            expect(name == "href" && isInside(squeezed), "a link that leads outside: \(attribute)=\(value)")
        } else if attributesOfChanges.contains(name) {
            expect(
                !squeezed.contains("javascript:") && !squeezed.contains("data:text"), "a change to a script: \(value)")
        } else if name == "attributename" {
            expect(!squeezed.contains("href") && !squeezed.hasPrefix("on"), "a change of \(value)")
        }
        if attributesOfChanges.contains(name) || mayNameAddresses(name) { checkAddresses(value) }
    }

    /// Attributes whose values are CSS; in others `url(` is four letters.
    private static func mayNameAddresses(_ name: String) -> Bool {
        ["style", "fill", "stroke", "filter", "mask", "clip", "marker", "cursor", "font", "color", "background"]
            .contains {
                name.contains($0)
            } && !name.hasSuffix("units")
    }

    /// A part of the same drawing, or a picture that is no drawing itself.
    private static func isInside(_ address: String) -> Bool {
        address.hasPrefix("#")
            || ["png", "jpeg", "jpg", "gif", "webp", "avif"].contains { address.hasPrefix("data:image/\($0);") }
    }

    private static func checkStyle(_ text: String) {
        checkAddresses(text)
        let plain = withoutStrings(text).lowercased()
        for word in ["@import", "@charset", "@font-face", "expression(", "-moz-binding", "behavior:", "</", "<!--"] {
            expect(!plain.contains(word), "\(word) in a style sheet: \(text)")
        }
    }

    /// Every `url(` that stands in no string, and its like.
    private static func checkAddresses(_ text: String) {
        let plain = withoutStrings(text).lowercased()
        for function in ["url(", "src(", "image(", "image-set("] {
            for part in plain.ranges(of: function).map({ plain[$0.upperBound...] }) {
                let address = part.drop { " \t\n\r\u{C}\"'".contains($0) }
                expect(isInside(String(address)), "an address that leads outside: \(text)")
            }
        }
    }

    /// With escapes of CSS replaced by what they stand for, and strings left out but for those in `url("…")`.
    private static func withoutStrings(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        var quote: Unicode.Scalar?
        var isAddress = false
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\\" {
                let meant = escaped(&rest)
                if quote == nil || isAddress, let meant { kept.append(meant) }
            } else if let open = quote {
                if scalar == open { quote = nil } else if isAddress { kept.append(scalar) }
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
                isAddress = kept.last == "("
            } else {
                kept.append(scalar)
            }
        }
        return String(kept)
    }

    /// What follows a `\` (CSS Syntax §4.3.7).
    private static func escaped(_ rest: inout Substring.UnicodeScalarView) -> Unicode.Scalar? {
        let digits = rest.prefix(6).prefix { $0.properties.isASCIIHexDigit }
        guard !digits.isEmpty else { return rest.popFirst() }
        rest = rest[digits.endIndex...]
        if let next = rest.first, " \t\n\r\u{C}".unicodeScalars.contains(next) { rest.removeFirst() }
        return UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init)
    }

    /// With references to characters replaced.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        var kept = ""
        var rest = Substring(text)
        while let mark = rest.firstIndex(of: "&") {
            kept += rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: ";") else { violated("an open reference: \(rest)") }
            kept += character(rest[rest.index(after: mark)..<end])
            rest = rest[rest.index(after: end)...]
        }
        return kept + rest
    }

    private static func character(_ name: Substring) -> String {
        if let known = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"][String(name)] { return known }
        let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
        guard name.hasPrefix("#"), let scalar = number.flatMap(Unicode.Scalar.init) else {
            violated("the reference \(name)")
        }
        return String(scalar)
    }
}
