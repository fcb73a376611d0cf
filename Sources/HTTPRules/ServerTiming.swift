/// How long the stages of an answer took, as `Server-Timing` in ImageKit's form (design §4.3).
package struct ServerTiming: Sendable, Equatable {
    /// Fetching the original.
    package var download: Duration?
    /// Decoding and carrying out the transformation.
    package var transformation: Duration?
    /// Waiting for a render process.
    package var queue: Duration?
    /// Encoding the variant.
    package var encode: Duration?
    /// Asking Redis and the store.
    package var cache: Duration?
    /// From accept to answer.
    package var total: Duration?
    /// The region that answers.
    package var region: String?

    /// Nothing ran yet.
    package init() {}
}

extension ServerTiming: CustomStringConvertible {
    /// The value of the header; a stage that did not run is absent. Whole milliseconds, as ImageKit sends them.
    package var description: String {
        var text = ""
        Self.add("download", download, to: &text)
        Self.add("transformation", transformation, to: &text)
        Self.add("queue", queue, to: &text)
        Self.add("encode", encode, to: &text)
        Self.add("cache", cache, to: &text)
        Self.add("total", total, to: &text)
        if let region {
            text += text.isEmpty ? "region;desc=\"" : ",region;desc=\""
            text += Self.quotable(region)
            text += "\""
        }
        return text
    }

    private static func add(_ stage: String, _ duration: Duration?, to text: inout String) {
        guard let duration else { return }
        if !text.isEmpty { text += "," }
        text += stage
        text += ";dur="
        text += String(milliseconds(duration))
    }

    /// Rounded to the nearest, never negative.
    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? Int64.max : whole.addingReportingOverflow((attoseconds / 100_000_000_000_000 + 5) / 10).partialValue
    }

    /// What may stand between quotation marks without escapes.
    private static func quotable(_ text: String) -> String {
        text.utf8.allSatisfy(isQuotable) ? text : String(decoding: text.utf8.filter(isQuotable), as: UTF8.self)
    }

    private static func isQuotable(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
