/// A style sheet of which the rules are kept that say how something looks: those of selectors, media and animations. No
/// `@import`, no `@font-face`, no address of anything outside.
struct StyleSheet {
    private(set) var text: [UInt8] = []
    private let limits: SVGLimits

    init(_ source: [UInt8], limits: SVGLimits, pictures: inout EmbeddedPictures) throws(SVGError) {
        self.limits = limits
        try addRules(CSSTokenizer.tokens(of: source)[...], depth: 1, areFrames: false, pictures: &pictures)
    }

    private mutating func addRules(
        _ tokens: ArraySlice<CSSToken>, depth: Int, areFrames: Bool, pictures: inout EmbeddedPictures
    ) throws(SVGError) {
        guard depth <= limits.styleDepth else { return }
        var rest = tokens
        while let rule = Rule(&rest) {
            guard let block = rule.block else { continue }
            if let name = rule.name {
                guard let kind = Self.groups[name], !areFrames, Self.isCondition(rule.prelude) else { continue }
                let start = text.count
                CSSToken.atKeyword(name).write(to: &text)
                write(prelude: rule.prelude)
                let empty = text.count
                try addRules(block, depth: depth + 1, areFrames: kind == .frames, pictures: &pictures)
                if text.count == empty { text.removeSubrange(start...) } else { text.append(UInt8(ascii: "}")) }
            } else if areFrames ? Self.isFrames(rule.prelude) : Self.isSelector(rule.prelude) {
                let declarations = try Declarations(block, pictures: &pictures)
                guard !declarations.text.isEmpty else { continue }
                write(prelude: rule.prelude)
                text.append(contentsOf: declarations.text)
                text.append(UInt8(ascii: "}"))
            }
        }
    }

    private mutating func write(prelude: ArraySlice<CSSToken>) {
        for token in prelude { token.write(to: &text) }
        text.append(UInt8(ascii: "{"))
    }

    // MARK: What stands before a block

    private enum Group { case rules, frames }

    private static let groups: [String: Group] = [
        "media": .rules, "supports": .rules, "keyframes": .frames, "-webkit-keyframes": .frames,
    ]

    private static func isCondition(_ prelude: ArraySlice<CSSToken>) -> Bool {
        isMade(prelude, of: ":(),=/") { function in ["not", "selector"].contains(function) }
    }

    private static func isFrames(_ prelude: ArraySlice<CSSToken>) -> Bool {
        isMade(prelude, of: ",") { _ in false }
    }

    private static func isSelector(_ prelude: ArraySlice<CSSToken>) -> Bool {
        prelude.contains { !$0.isBlank } && isMade(prelude, of: ".:*>+~,[]=|^$()-") { _ in true }
    }

    private static func isMade(
        _ prelude: ArraySlice<CSSToken>, of marks: String, function: (String) -> Bool
    ) -> Bool {
        var open: [UInt8] = []
        for token in prelude {
            if let closing = token.closingMark { open.append(closing) }
            switch token {
            case .identifier, .hash, .string, .number, .percentage, .dimension, .space, .comment: break
            case .function(let name): guard function(name.lowercased()) else { return false }
            case .mark(let mark):
                guard marks.utf8.contains(mark) else { return false }
                if ")]}".utf8.contains(mark), open.popLast() != mark { return false }
            case .atKeyword, .bad, .markup, .url: return false
            }
        }
        return open.isEmpty
    }
}

/// A rule as it stands there: what is before its block, and the block (CSS Syntax §5.4.2, §5.4.3).
private struct Rule {
    /// Of a rule that begins with `@`, in lower case.
    private(set) var name: String?
    private(set) var prelude: ArraySlice<CSSToken>
    /// `nil` for a rule that ends with a semicolon, or is not complete.
    private(set) var block: ArraySlice<CSSToken>?

    /// Takes the next rule; `nil` if there is none.
    init?(_ tokens: inout ArraySlice<CSSToken>) {
        var rest = tokens.drop { $0.isBlank || $0 == .markup }
        guard let first = rest.first else { return nil }
        if case .atKeyword(let keyword) = first {
            name = keyword.lowercased()
            rest = rest.dropFirst()
        }
        prelude = rest
        guard let index = rest.firstIndexOutsideBrackets(of: name == nil ? "{" : "{;") else {
            tokens = rest[rest.endIndex...]
            return
        }
        tokens = rest[(index + 1)...]
        guard rest[index] == .mark(UInt8(ascii: "{")) else { return }
        prelude = rest[..<index]
        trim()
        // Where its brace is missing, the block ends with the sheet.
        let end = tokens.firstIndexOutsideBrackets(of: "}") ?? tokens.endIndex
        block = tokens[..<end]
        tokens = tokens[min(end + 1, tokens.endIndex)...]
    }

    private mutating func trim() {
        while prelude.last?.isBlank == true { prelude.removeLast() }
    }
}
