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
        let stages = [
            ("download", download), ("transformation", transformation), ("queue", queue), ("encode", encode),
            ("cache", cache), ("total", total),
        ]
        var metrics = stages.compactMap { name, duration in duration.map { "\(name);dur=\(Self.milliseconds($0))" } }
        if let region { metrics.append("region;desc=\"\(Self.quotable(region))\"") }
        return metrics.joined(separator: ",")
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
        let bytes = text.utf8.filter {
            (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
