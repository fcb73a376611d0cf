/// What regions tell each other: names and values in an order, as a text of lines.
///
///     name: value LF
///
/// A name is of lower-case letters, digits and `-`. A value is text without control bytes other than the tab, as it is. So
/// there is one text for the same fields.
package struct RegionFields: Sendable, Hashable {
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String
    }

    /// The longest text, in bytes; and so bounds the number of fields.
    package static let longestText = 60 * 1024
    private static let longestName = 40

    package private(set) var list: [Field] = []

    package init() {}

    init(_ list: some Sequence<Field>) {
        self.list = Array(list)
    }

    /// - Parameter name: one that can be written (see above); the caller knows it.
    package mutating func add(_ name: String, _ value: String) {
        list.append(Field(name: name, value: value))
    }

    /// Adds nothing where there is no value.
    package mutating func add(_ name: String, ifPresent value: (some CustomStringConvertible)?) {
        if let value { add(name, value.description) }
    }

    package mutating func add(contentsOf others: RegionFields) {
        list += others.list
    }

    /// The first value under that name.
    package subscript(name: String) -> String? { list.first { $0.name == name }?.value }

    /// All values under that name, in their order.
    package func all(_ name: String) -> [String] { list.filter { $0.name == name }.map(\.value) }

    /// Takes the first field under that name off, and returns its value.
    mutating func takeOff(_ name: String) -> String? {
        list.firstIndex { $0.name == name }.map { list.remove(at: $0).value }
    }

    /// Whether there are no other names than these, and none of them twice.
    package func areOnly(_ names: Set<String>) -> Bool {
        Set(list.map(\.name)).count == list.count && list.allSatisfy { names.contains($0.name) }
    }
}

extension RegionFields {
    /// Whether all values are such that they can be sent.
    package var isSendable: Bool { list.allSatisfy { $0.value.utf8.allSatisfy { Self.isPlain($0) } } }

    /// As it is sent, if it can be; may be longer than what is read.
    package var text: [UInt8] {
        var text: [UInt8] = []
        for field in list {
            text += field.name.utf8
            text += Self.separator
            text += field.value.utf8
            text.append(Self.lineEnd)
        }
        return text
    }

    /// Reads what `text` writes, empty too; `nil` for anything else.
    package init?(_ text: some Collection<UInt8>) {
        guard text.count <= Self.longestText else { return nil }
        var rest = Array(text)[...]
        while let end = rest.firstIndex(of: Self.lineEnd) {
            guard let field = Self.field(rest[..<end]) else { return nil }
            list.append(field)
            rest = rest[(end + 1)...]
        }
        guard rest.isEmpty else { return nil }
    }

    private static let separator = Array(": ".utf8)
    private static let lineEnd = UInt8(ascii: "\n")

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == UInt8(ascii: "\t")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func field(_ line: ArraySlice<UInt8>) -> Field? {
        let name = line.prefix { isNameByte($0) }
        let rest = line[name.endIndex...]
        let bytes = rest.dropFirst(separator.count)
        guard (1...longestName).contains(name.count), rest.starts(with: separator),
            bytes.allSatisfy({ isPlain($0) }), let value = String(validating: bytes, as: UTF8.self)
        else { return nil }
        return Field(name: String(decoding: name, as: UTF8.self), value: value)
    }
}

// MARK: Texts that may hold anything

extension RegionFields {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Adds a text in which bytes that cannot be sent, and `%`, are percent-encoded.
    mutating func add(_ name: String, escaping text: String) {
        var value: [UInt8] = []
        for byte in text.utf8 {
            if Self.isPlain(byte) && byte != UInt8(ascii: "%") {
                value.append(byte)
            } else {
                value += [UInt8(ascii: "%"), Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]]
            }
        }
        add(name, String(decoding: value, as: UTF8.self))
    }

    /// The text of such a value; `nil` where it is none.
    static func unescaped(_ value: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(value.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap({ digits.firstIndex(of: $0) }),
                let low = rest.popFirst().flatMap({ digits.firstIndex(of: $0) })
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension RegionFields {
    /// A number in decimal digits, without a sign or leading zeros; `nil` for anything else and beyond the maximum.
    package static func number(_ text: String, max: Int64 = .max) -> Int64? {
        guard let number = Int64(text), number >= 0, number <= max, "\(number)" == text else { return nil }
        return number
    }
}
