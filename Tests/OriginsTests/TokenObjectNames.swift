import Testing

/// Names of objects in stores that know them by their bytes, and what stands in the URL for them.
struct ObjectName: Sendable, CustomTestStringConvertible {
    let prefix: String
    let segments: [String]
    let encoded: String

    init(_ prefix: String, _ segments: [String], _ encoded: String) {
        self.prefix = prefix
        self.segments = segments
        self.encoded = encoded
    }

    var testDescription: String { "\(prefix) + \(segments.joined(separator: " / "))" }

    static let all = [
        ObjectName("", ["a.jpg"], "a.jpg"), ObjectName("/", ["a.jpg"], "a.jpg"), ObjectName("//", ["a.jpg"], "a.jpg"),
        ObjectName("media", ["a.jpg"], "media/a.jpg"), ObjectName("media/", ["a.jpg"], "media/a.jpg"),
        ObjectName("/media/", ["a.jpg"], "media/a.jpg"), ObjectName("//me dia//", ["a.jpg"], "me%20dia/a.jpg"),
        ObjectName("a/b", ["c", "d.jpg"], "a/b/c/d.jpg"),
        ObjectName("", ["a b.jpg"], "a%20b.jpg"), ObjectName("", ["a+b.jpg"], "a%2Bb.jpg"),
        // Decoded once before: `%252B`, `%2F` and `%25` in the client's URL.
        ObjectName("", ["a%2Bb.jpg"], "a%252Bb.jpg"), ObjectName("", ["a/b.jpg"], "a/b.jpg"),
        ObjectName("", ["100%.jpg"], "100%25.jpg"),
        ObjectName("", ["a?b#c&d=e;f.jpg"], "a%3Fb%23c%26d%3De%3Bf.jpg"),
        ObjectName("", ["日本.jpg"], "%E6%97%A5%E6%9C%AC.jpg"),
        ObjectName("", ["caf\u{E9}.jpg"], "caf%C3%A9.jpg"), ObjectName("", ["cafe\u{301}.jpg"], "cafe%CC%81.jpg"),
        ObjectName("caf\u{E9}", ["cafe\u{301}.jpg"], "caf%C3%A9/cafe%CC%81.jpg"),
        ObjectName("", ["-._~'()*!$@:,"], "-._~%27%28%29%2A%21%24%40%3A%2C"),
        ObjectName("", ["a\u{1}\u{7F}\"<>\\^`{|}.jpg"], "a%01%7F%22%3C%3E%5C%5E%60%7B%7C%7D.jpg"),
        ObjectName("", [".hidden", "...", "a..b"], ".hidden/.../a..b"),
        ObjectName("", ["🐦", "x"], "%F0%9F%90%A6/x"),
    ]

    /// Segments that no store is asked for.
    static let none: [[[UInt8]]] = [
        [], [[]], [[0x61], []], [[0x61], [], [0x62]], [[0x2E]], [[0x2E, 0x2E], [0x61]],
        [[0x61], [0x2E, 0x2E, 0x2F, 0x62]],
        [[0x2E, 0x2E, 0x5C, 0x61]], [[0x61, 0]], [[0xFF]], [[0xC0, 0xAF]], [[0xED, 0xA0, 0x80]],
        [[UInt8](repeating: 0x61, count: 4097)],
    ]
}
