/// A token of CSS (CSS Syntax Module Level 3 §4), with all escapes read.
enum CSSToken: Equatable {
    case identifier(String)
    /// A name with an opening parenthesis behind it.
    case function(String)
    case atKeyword(String)
    case hash(String)
    case string(String)
    case url(String)
    /// A string, an address or an escape that goes wrong: nothing with it in it is kept.
    case bad
    /// As it stands there: digits, signs, a point, an exponent.
    case number(String)
    case percentage(String)
    case dimension(String, unit: String)
    case space
    /// Keeps apart what stands on its two sides.
    case comment
    /// `<!--` or `-->`.
    case markup
    /// One of `:;,([{` or the like, or any other character by itself.
    case mark(UInt8)
}

extension CSSToken {
    /// The bracket that closes what this one opens.
    var closingMark: UInt8? {
        switch self {
        case .function, .mark(UInt8(ascii: "(")): UInt8(ascii: ")")
        case .mark(UInt8(ascii: "[")): UInt8(ascii: "]")
        case .mark(UInt8(ascii: "{")): UInt8(ascii: "}")
        default: nil
        }
    }

    var isBlank: Bool { self == .space || self == .comment }

    /// Writes the token so that it is read as the same one again (CSS Syntax §9, CSSOM §2.1).
    func write(to text: inout [UInt8]) {
        switch self {
        case .identifier(let name): Self.write(name: name, to: &text)
        case .function(let name):
            Self.write(name: name, to: &text)
            text.append(UInt8(ascii: "("))
        case .atKeyword(let name):
            text.append(UInt8(ascii: "@"))
            Self.write(name: name, to: &text)
        case .hash(let name):
            text.append(UInt8(ascii: "#"))
            Self.write(name: name, isWhole: false, to: &text)
        case .string(let value): Self.write(string: value, to: &text)
        case .url(let value): Self.write(url: value, to: &text)
        case .number(let number): text.append(number)
        case .percentage(let number):
            text.append(number)
            text.append(UInt8(ascii: "%"))
        case .dimension(let number, let unit):
            text.append(number)
            Self.write(unit: unit, to: &text)
        case .space: text.append(UInt8(ascii: " "))
        case .comment: text.append("/**/")
        case .mark(let mark): text.append(mark)
        case .bad, .markup: break
        }
    }

    private static func write(url: String, to text: inout [UInt8]) {
        text.append("url(")
        let isPlain = url.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && !"\"'()\\<>&".utf8.contains($0) }
        if isPlain { text.append(url) } else { write(string: url, to: &text) }
        text.append(UInt8(ascii: ")"))
    }

    /// Angle brackets are escaped too, so that no parser of markup ever sees one in a style sheet.
    private static func write(string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                text.append(UInt8(ascii: "\\"))
                text.append(scalar)
            case "<", ">", "&", "\u{0}"..."\u{1F}", "\u{7F}": escape(scalar, to: &text)
            default: text.append(scalar)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    /// - Parameter isWhole: whether it stands by itself, so that it must not begin like a number.
    private static func write(name: String, isWhole: Bool = true, to text: inout [UInt8]) {
        var index = 0
        let isHyphen = name == "-"
        let startsWithHyphen = name.utf8.first == UInt8(ascii: "-")
        for scalar in name.unicodeScalars {
            let isFirst = index == 0 || index == 1 && startsWithHyphen
            if isWhole, isFirst, scalar.isASCIIDigit {
                escape(scalar, to: &text)
            } else if isHyphen {
                text.append("\\-")
            } else if scalar.isInNames {
                text.append(scalar)
            } else if scalar.value < 0x20 || scalar.value == 0x7F || scalar == "<" || scalar == ">" || scalar == "&" {
                escape(scalar, to: &text)
            } else {
                text.append(UInt8(ascii: "\\"))
                text.append(scalar)
            }
            index += 1
        }
    }

    /// A unit that begins like an exponent would become one.
    private static func write(unit: String, to text: inout [UInt8]) {
        let second = unit.unicodeScalars.dropFirst().first
        if let first = unit.unicodeScalars.first, first == "e" || first == "E",
            second.map({ $0.isASCIIDigit || $0 == "-" }) == true
        {
            escape(first, to: &text)
            write(name: String(unit.unicodeScalars.dropFirst()), isWhole: false, to: &text)
        } else {
            write(name: unit, to: &text)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\\"))
        text.append(String(scalar.value, radix: 16))
        text.append(UInt8(ascii: " "))
    }
}

extension ArraySlice<CSSToken> {
    /// Where one of `marks` stands first inside no brackets (CSS Syntax §5.4).
    func firstIndexOutsideBrackets(of marks: String) -> Int? {
        var open: [UInt8] = []
        for (index, token) in zip(indices, self) {
            if open.isEmpty, case .mark(let mark) = token, marks.utf8.contains(mark) { return index }
            if let closing = token.closingMark {
                open.append(closing)
            } else if case .mark(let mark) = token, mark == open.last {
                open.removeLast()
            }
        }
        return nil
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { self >= "0" && self <= "9" }

    fileprivate var isInNames: Bool {
        isASCIIDigit || self >= "a" && self <= "z" || self >= "A" && self <= "Z" || self == "-" || self == "_"
            || value >= 0x80
    }
}
