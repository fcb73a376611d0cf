extension Format<String> {
    /// 1…`max` characters, no control characters.
    static func text(max: Int) -> Format {
        Format(expected: "a text of 1 to \(max) characters", blank: "") { isPlainText($0, 1...max) ? $0 : nil }
    }

    /// 0…`max` characters, no control characters.
    static func possiblyEmptyText(max: Int) -> Format {
        Format(expected: "a text of at most \(max) characters", blank: "") { isPlainText($0, 0...max) ? $0 : nil }
    }

    /// The value of a request header: visible ASCII and inner spaces.
    static func headerValue(max: Int) -> Format {
        Format(expected: "1 to \(max) visible ASCII characters", blank: "") { text in
            let isVisible = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            return isVisible && (1...max).contains(text.utf8.count) && !text.hasPrefix(" ") && !text.hasSuffix(" ")
                ? text : nil
        }
    }

    /// The first segment of delivery URLs.
    static var accountID: Format {
        let expected = "1 to 100 letters, digits, - and _"
        return Format(expected: expected, blank: "") { scalar throws(ConfigurationProblem.Reason) in
            guard isName(scalar.text, extra: "-_") else { throw .wrong(expected: expected, found: scalar.raw) }
            let isReserved = scalar.text.hasPrefix("_") || ["v1", "v2", "api"].contains(scalar.text.lowercased())
            guard !isReserved else { throw .reserved(scalar.raw) }
            return scalar.text
        }
    }

    static var originID: Format {
        Format(expected: "1 to 100 letters, digits, -, _ and .", blank: "") { isName($0, extra: "-_.") ? $0 : nil }
    }

    static var regionName: Format {
        Format(expected: "1 to 100 letters, digits, - and _", blank: "") { isName($0, extra: "-_") ? $0 : nil }
    }

    static var transformationName: Format {
        Format(expected: "1 to 100 letters, digits and _", blank: "") { isName($0, extra: "_") ? $0 : nil }
    }

    /// The name of an origin, for people.
    static var displayName: Format {
        Format(expected: "1 to 100 letters, digits and spaces", blank: "") { isName($0, extra: " ") ? $0 : nil }
    }

    /// Empty for the default URL endpoint. `ik-seo` has another meaning at that place of a URL.
    static var urlPrefix: Format {
        let expected = "at most 100 letters, digits and -"
        return Format(expected: expected, blank: "") { scalar throws(ConfigurationProblem.Reason) in
            guard scalar.text.isEmpty || isName(scalar.text, extra: "-") else {
                throw .wrong(expected: expected, found: scalar.raw)
            }
            guard scalar.text != "ik-seo" else { throw .reserved(scalar.text) }
            return scalar.text
        }
    }

    static var emailAddress: Format {
        Format(expected: "an e-mail address", blank: "") { text in
            let parts = text.split(separator: "@", omittingEmptySubsequences: false)
            let isAddress = parts.count == 2 && !parts[0].isEmpty && isHostName(String(parts[1]))
            return isAddress && isPlainText(text, 3...254) && !text.contains(" ") ? text : nil
        }
    }

    /// An absolute path; a relative one starts at the folder of the file.
    static var path: Format {
        let expected = "a path"
        return Format(expected: expected, blank: "/") { scalar throws(ConfigurationProblem.Reason) in
            guard isPlainText(scalar.text, 1...4000) else { throw .wrong(expected: expected, found: scalar.raw) }
            return absolutePath(scalar.text, in: scalar.reading.folder)
        }
    }
}

extension Format<String?> {
    /// A path as above, or empty for none.
    static var optionalPath: Format {
        let path = Format<String>.path
        return Format(expected: path.expected, blank: nil) { scalar throws(ConfigurationProblem.Reason) in
            scalar.text.isEmpty ? nil : try path.parse(scalar)
        }
    }
}

/// No control characters and a length within bounds.
func isPlainText(_ text: String, _ lengths: ClosedRange<Int>) -> Bool {
    lengths.contains(text.unicodeScalars.count)
        && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
}

private func isName(_ text: String, extra: String) -> Bool {
    (1...100).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || extra.utf8.contains($0) }
}
