internal import Yams

/// A cursor over one mapping of the file.
///
/// Whatever is asked of it counts as known; what nobody asked for is reported as unknown when `read` ends. A bad value
/// is reported at its path and reading goes on, so that one pass finds everything.
final class Section {
    let path: String
    private let entries: [(key: String, node: Node)]
    private let reading: Reading
    private var known: [String] = []
    private var reportsUnknownKeys = true

    private init(_ mapping: Node.Mapping, at path: String, _ reading: Reading) {
        self.path = path
        self.reading = reading
        entries = mapping.compactMap { key, value in key.scalar.map { ($0.string, value) } }
        if entries.count < mapping.count { reading.report(.notPlainKeys, at: path) }
    }

    /// Reads a mapping and reports the keys that `body` did not ask for.
    static func read<Value>(_ node: Node, at path: String, _ reading: Reading, _ body: (Section) -> Value) -> Value? {
        guard case .mapping(let mapping) = node else {
            reading.report(.wrong(expected: "a mapping of keys to values", found: nil), at: path)
            return nil
        }
        let section = Section(mapping, at: path, reading)
        let value = body(section)
        if section.reportsUnknownKeys {
            for entry in section.entries where !section.known.contains(entry.key) {
                reading.report(.unknownKey(known: section.known), at: section.place(entry.key))
            }
        }
        return value
    }

    /// For when it is not known which keys belong here.
    func ignoreRest() {
        reportsUnknownKeys = false
    }

    /// Whether a key stands there, with a good value or not.
    func has(_ key: String) -> Bool {
        entries.contains { $0.key == key }
    }

    /// What `body` has read, and whether it has reported nothing.
    func judged<Value>(_ body: () -> Value) -> (value: Value, isRight: Bool) {
        let before = reading.problems.count
        let value = body()
        return (value, reading.problems.count == before)
    }

    func report(_ reason: ConfigurationProblem.Reason, at key: String) {
        reading.report(reason, at: place(key))
    }

    // MARK: Single values

    /// The value of a key; `nil` when it is left out or bad.
    func value<Value>(_ key: String, _ format: Format<Value>) -> Value? {
        node(key).flatMap { value($0, at: place(key), format) }
    }

    /// The value of a key that has to be there; a stand-in when it is not or is bad.
    ///
    /// - Parameters:
    ///   - type: The `type` that asks for the key, for the message.
    ///   - condition: What else asks for it.
    func required<Value>(
        _ key: String, _ format: Format<Value>, for type: String? = nil, where condition: String? = nil
    ) -> Value {
        guard let node = node(key) else {
            if has(key) { return format.blank }
            report(.required(because: type.map { "for type \($0)" } ?? condition.map { "where \($0)" }), at: key)
            return format.blank
        }
        return value(node, at: place(key), format) ?? format.blank
    }

    /// One of the names that an enumeration has; `nil` when it is left out or bad.
    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String, isRequired: Bool = false
    ) -> Choice? {
        let format = Format<Choice?>.choice()
        return isRequired ? required(key, format) : value(key, format) ?? nil
    }

    // MARK: Lists and mappings

    /// A list of single values, without the bad ones.
    func values<Value>(_ key: String, _ format: Format<Value>, limit: Int = 1000) -> [Value] {
        items(key, each: format.expected, limit: limit).compactMap { value($0.node, at: $0.path, format) }
    }

    /// A single value, or a list of 1…`limit` of them, without the bad ones.
    func oneOrMore<Value>(_ key: String, _ format: Format<Value>, limit: Int) -> [Value] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let sequence) = node else { return value(node, at: place(key), format).map { [$0] } ?? [] }
        guard !sequence.isEmpty else {
            report(.wrong(expected: "\(format.expected), or a list of 1 to \(limit) such", found: nil), at: key)
            return []
        }
        return values(key, format, limit: limit)
    }

    /// A list of so many different single values, without the bad ones; `nil` when it is left out.
    func distinct<Value: Hashable>(
        _ key: String, _ format: Format<Value>, counts: ClosedRange<Int>
    ) -> [Value]? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let sequence) = node, sequence.count >= counts.lowerBound else {
            let count = "\(counts.lowerBound) to \(counts.upperBound) values"
            report(.wrong(expected: "a list [ … ] of \(count), each \(format.expected)", found: nil), at: key)
            return nil
        }
        var places: [Value: String] = [:]
        return items(key, each: format.expected, limit: counts.upperBound).compactMap { item in
            guard let value = value(item.node, at: item.path, format) else { return nil }
            if let first = places[value] {
                reading.report(.duplicate(first: first), at: item.path)
                return nil
            }
            places[value] = item.path
            return value
        }
    }

    /// A list of exactly two single values; `nil` when it is left out or anything of it is bad.
    func pair<First, Second>(
        _ key: String, _ first: Format<First>, _ second: Format<Second>
    ) -> (First, Second)? {
        guard let node = node(key) else { return nil }
        guard case .sequence(let sequence) = node, sequence.count == 2 else {
            report(.wrong(expected: "a list of \(first.expected) and of \(second.expected)", found: nil), at: key)
            return nil
        }
        let place = place(key)
        let one = value(sequence[0], at: place + "[0]", first)
        let other = value(sequence[1], at: place + "[1]", second)
        guard let one, let other else { return nil }
        return (one, other)
    }

    /// The mapping under a key.
    func section<Value>(_ key: String, _ body: (Section) -> Value) -> Value? {
        node(key).flatMap { Section.read($0, at: place(key), reading, body) }
    }

    /// A list of mappings.
    func sections<Value>(_ key: String, limit: Int = 10_000, _ body: (Section) -> Value) -> [Value] {
        items(key, each: "a mapping of keys to values", limit: limit).compactMap {
            Section.read($0.node, at: $0.path, reading, body)
        }
    }

    /// A mapping from names to single values.
    func dictionary<Value>(
        _ key: String, names: Format<String>, _ format: Format<Value>, limit: Int
    ) -> [String: Value] {
        var result: [String: Value] = [:]
        eachEntry(key, names: names, limit: limit) { name, node, path in
            result[name] = value(node, at: path, format)
        }
        return result
    }

    /// A mapping from names to mappings.
    func dictionary<Value>(
        _ key: String, names: Format<String>, limit: Int, _ body: (Section) -> Value
    ) -> [String: Value] {
        var result: [String: Value] = [:]
        eachEntry(key, names: names, limit: limit) { name, node, path in
            result[name] = Section.read(node, at: path, reading, body)
        }
        return result
    }

    // MARK: Nodes

    private func eachEntry(
        _ key: String, names: Format<String>, limit: Int, _ body: (String, Node, String) -> Void
    ) {
        guard let node = node(key) else { return }
        let entries = Section.read(node, at: place(key), reading) { section in
            section.ignoreRest()
            return section.entries
        }
        guard let entries else { return }
        if entries.count > limit { report(.tooMany(limit: limit), at: key) }
        for entry in entries.prefix(limit) {
            let path = place(key) + "." + keyText(entry.key)
            do {
                let name = Scalar(text: entry.key, raw: entry.key, path: path, reading: reading)
                body(try names.parse(name), entry.node, path)
            } catch {
                reading.report(error, at: path)
            }
        }
    }

    private func items(_ key: String, each expected: String, limit: Int) -> [(node: Node, path: String)] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let sequence) = node else {
            report(.wrong(expected: "a list, each item \(expected)", found: nil), at: key)
            return []
        }
        if sequence.count > limit { report(.tooMany(limit: limit), at: key) }
        return sequence.prefix(limit).enumerated().map { ($0.element, "\(place(key))[\($0.offset)]") }
    }

    /// The node of a key, which is known from here on; one without a value is reported and counts as left out.
    private func node(_ key: String) -> Node? {
        if !known.contains(key) { known.append(key) }
        guard let node = entries.first(where: { $0.key == key })?.node else { return nil }
        if node.isNull {
            report(.noValue, at: key)
            return nil
        }
        return node
    }

    private func value<Value>(_ node: Node, at path: String, _ format: Format<Value>) -> Value? {
        guard let raw = node.scalar?.string, !node.isNull else {
            reading.report(.wrong(expected: format.expected, found: nil), at: path)
            return nil
        }
        do {
            let text = try Placeholders.expand(raw, reading)
            return try format.parse(Scalar(text: text, raw: raw, path: path, reading: reading))
        } catch {
            reading.report(error, at: path)
            return nil
        }
    }

    private func place(_ key: String) -> String {
        path.isEmpty ? keyText(key) : path + "." + keyText(key)
    }

    /// A key as paths show it; one that is not a plain word is quoted.
    private func keyText(_ key: String) -> String {
        let isPlain = !key.isEmpty && key.utf8.allSatisfy { isWordByte($0) || $0 == UInt8(ascii: "-") }
        return isPlain ? clipped(key) : clipped(key).debugDescription
    }
}

extension Node {
    /// Nothing, `~` or `null` after the colon.
    fileprivate var isNull: Bool {
        guard case .scalar(let scalar) = self, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
