extension SyntaxParser {
    /// The text between two separators and what it is.
    struct Item {
        enum Kind {
            case parameter(Syntax.Parameter)
            case layer(type: String)
            case layerEnd
            case condition(String)
            case conditionElse
            case conditionEnd
        }

        let text: String
        let kind: Kind
    }

    /// The item at the position; afterwards the position is at its separator or at the end.
    mutating func nextItem() throws(TransformationError) -> Item {
        let start = position
        var end = endOfItem(from: start)
        if bytes[start..<end].starts(with: "ar-".utf8), let longer = endOfColonRatio(start: start + 3, colon: end) {
            position = longer
            let value = bytes[start + 3..<end] + [UInt8(ascii: "-")] + bytes[end + 1..<longer]
            return Item(
                text: text(start..<longer),
                kind: .parameter(.init(key: "ar", value: String(decoding: value, as: UTF8.self))))
        }
        guard end > start else {
            end = min(bytes.count, start + 1)
            throw .syntax(.emptyItem, near: text(max(0, start - 1)..<end))
        }
        position = end
        return Item(text: text(start..<end), kind: kind(start..<end))
    }

    private func endOfItem(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: ","), bytes[end] != UInt8(ascii: ":") { end += 1 }
        return end
    }

    /// `ar-4:3`: the end of the second number, if both pieces are bare numbers (reference §16, 10).
    private func endOfColonRatio(start: Int, colon: Int) -> Int? {
        guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":"), isNumber(start..<colon) else { return nil }
        let end = endOfItem(from: colon + 1)
        return isNumber(colon + 1..<end) ? end : nil
    }

    private func isNumber(_ range: Range<Int>) -> Bool {
        !range.isEmpty && Number(unsigned: Substring(text(range)).utf8) != nil
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private func kind(_ range: Range<Int>) -> Item.Kind {
        var parameter = Syntax.Parameter(bytes[range])
        let value = parameter.value
        switch (parameter.key, value) {
        case ("l", "end"): return .layerEnd
        case ("l", let type?): return .layer(type: type)
        case ("if", "else"): return .conditionElse
        case ("if", "end"): return .conditionEnd
        case ("if", let condition?): return .condition(condition)
        default:
            parameter.splitEffect()
            return .parameter(parameter)
        }
    }
}

extension Syntax.Parameter {
    init(_ text: ArraySlice<UInt8>) {
        let dash = text.firstIndex(of: UInt8(ascii: "-"))
        key = String(decoding: text[..<(dash ?? text.endIndex)], as: UTF8.self)
        value = dash.map { String(decoding: text[($0 + 1)...], as: UTF8.self) }
    }

    /// Effects have a key of two parts: `e-sharpen-10` is `e-sharpen` with the value 10.
    mutating func splitEffect() {
        guard key == "e", let text = value else { return }
        let dash = text.utf8.firstIndex(of: UInt8(ascii: "-"))
        key = "e-" + text[..<(dash ?? text.endIndex)]
        value = dash.map { String(text[text.utf8.index(after: $0)...]) }
    }
}
