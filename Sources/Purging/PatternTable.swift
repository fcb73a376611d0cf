/// Values found by the patterns that mean an original: two look-ups, and one for each length that a prefix in the table
/// has and the text reaches. The text is gone through once.
struct PatternTable<Value: Sendable>: Sendable {
    private var paths: [String: Value] = [:]
    /// By path, `?` and query.
    private var exact: [String: Value] = [:]
    /// By the digest of the text. Two prefixes with one digest (2⁻⁶⁴) are purged together, which only purges too much.
    private var prefixes: [UInt64: Value] = [:]
    /// Every length that a prefix has, in bytes, ascending.
    private var lengths: [Int] = []

    /// Changes the value of a pattern, which is `initial` where there was none.
    mutating func update(_ pattern: PurgePattern, from initial: Value, _ change: (inout Value) -> Void) {
        switch pattern {
        case .path(let path): change(&paths[path, default: initial])
        case .exact(let path, let query): change(&exact[path + "?" + query, default: initial])
        case .prefix(let text):
            var digest = TextDigest()
            for byte in text.utf8 { digest.add(byte) }
            change(&prefixes[digest.value, default: initial])
            note(length: text.utf8.count)
        }
    }

    private mutating func note(length: Int) {
        let place = lengths.firstIndex { $0 >= length } ?? lengths.endIndex
        if place == lengths.endIndex || lengths[place] != length { lengths.insert(length, at: place) }
    }

    /// The values of all patterns that mean everything which `pattern` means.
    func forEach(covering pattern: PurgePattern, _ body: (Value) -> Void) {
        switch pattern {
        case .path(let path):
            if let value = paths[path] { body(value) }
            forEachPrefix(of: path, body)
        case .exact(let path, let query):
            let text = path + "?" + query
            if let value = paths[path] { body(value) }
            if let value = exact[text] { body(value) }
            forEachPrefix(of: text, body)
        case .prefix(let text):
            forEachPrefix(of: text, body)
        }
    }

    private func forEachPrefix(of text: String, _ body: (Value) -> Void) {
        guard !lengths.isEmpty else { return }
        var digest = TextDigest()
        var bytes = text.utf8.makeIterator()
        var length = 0
        for wanted in lengths {
            while length < wanted {
                guard let byte = bytes.next() else { return }
                digest.add(byte)
                length += 1
            }
            if let value = prefixes[digest.value] { body(value) }
        }
    }
}
