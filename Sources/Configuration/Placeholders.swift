/// `${NAME}` stands for an environment variable, `${file:PATH}` for a file's text without its last line break,
/// `$${` for `${` itself.
enum Placeholders {
    private static let secretBytesLimit = 65_536

    static func expand(_ raw: String, _ reading: Reading) throws(ConfigurationProblem.Reason) -> String {
        guard raw.utf8.contains(UInt8(ascii: "$")) else { return raw }
        var text = ""
        var rest = raw[...]
        while let dollar = rest.firstIndex(of: "$") {
            text += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                text += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else { throw .placeholder }
                text += try value(of: String(rest[..<end].dropFirst(2)), reading)
                rest = rest[rest.index(after: end)...]
            } else {
                text += "$"
                rest = rest.dropFirst()
            }
        }
        return text + rest
    }

    private static func value(of name: String, _ reading: Reading) throws(ConfigurationProblem.Reason) -> String {
        if name.hasPrefix("file:") { return try contents(of: String(name.dropFirst(5)), reading) }
        guard let first = name.utf8.first, !(48...57).contains(first), name.utf8.allSatisfy(isWordByte) else {
            throw .placeholder
        }
        guard let value = reading.environment[name] else { throw .missingVariable(name) }
        return value
    }

    private static func contents(of file: String, _ reading: Reading) throws(ConfigurationProblem.Reason) -> String {
        guard !file.isEmpty else { throw .placeholder }
        var bytes: [UInt8]
        do {
            bytes = try readFile(absolutePath(file, in: reading.folder), limit: secretBytesLimit)
        } catch {
            throw .unreadableSecret(file: file, reason: error.description)
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .unreadableSecret(file: file, reason: ConfigurationProblem.Reason.notUTF8.description)
        }
        return text
    }
}

/// Letters, digits and `_` of ASCII.
func isWordByte(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "_")
}

/// Letters and digits of ASCII.
func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        true
    default: false
    }
}
