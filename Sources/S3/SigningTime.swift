#if canImport(Glibc)
    import Glibc
#endif

/// A moment as signatures have it.
package struct SigningTime: Sendable, Equatable {
    /// `20130524T000000Z`
    package let text: String

    /// `20130524`
    var day: String { String(text.prefix(8)) }

    /// Seconds since 1970.
    package init(unixSeconds: Int64) {
        var seconds = time_t(unixSeconds)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = [(Int(parts.tm_year) + 1900, 4), (Int(parts.tm_mon) + 1, 2), (Int(parts.tm_mday), 2)]
        let time = [(Int(parts.tm_hour), 2), (Int(parts.tm_min), 2), (Int(parts.tm_sec), 2)]
        text = "\(Self.digits(date))T\(Self.digits(time))Z"
    }

    private static func digits(_ numbers: [(value: Int, width: Int)]) -> String {
        numbers.map { number in
            let digits = String(number.value)
            return String(repeating: "0", count: max(0, number.width - digits.utf8.count)) + digits
        }.joined()
    }
}
