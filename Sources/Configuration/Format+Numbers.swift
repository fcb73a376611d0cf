extension Format<Int> {
    static func integer(_ range: ClosedRange<Int>) -> Format {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Format(expected: expected, blank: range.lowerBound) { text in
            wholeNumber(text[...]).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Bytes, with decimal (kB, MB, GB, TB) or binary (KiB, MiB, GiB) units or none.
    static func bytes(_ range: ClosedRange<Int>) -> Format {
        let units = [
            "": 1, "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
            "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
        ]
        let expected = "a size from \(range.lowerBound) to \(range.upperBound) bytes, such as 524288, 40MB or 4MiB"
        return quantity(range, units, expected)
    }

    /// Pixels, with the units kP, MP and GP or none.
    static func pixels(_ range: ClosedRange<Int>) -> Format {
        let units = ["": 1, "kP": 1000, "MP": 1_000_000, "GP": 1_000_000_000]
        let expected = "a number of pixels from \(range.lowerBound) to \(range.upperBound), such as 100MP"
        return quantity(range, units, expected)
    }

    private static func quantity(_ range: ClosedRange<Int>, _ units: [String: Int], _ expected: String) -> Format {
        Format(expected: expected, blank: range.lowerBound) { text in
            multiplied(text, units).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Format<Duration> {
    /// A whole number of `ms`, `s`, `m`, `h` or `d`.
    static func duration(_ range: ClosedRange<Duration>) -> Format {
        let expected =
            "a duration from \(durationText(range.lowerBound)) to \(durationText(range.upperBound)), "
            + "such as 20ms, 3s, 10m, 2h or 180d"
        return Format(expected: expected, blank: range.lowerBound) { text in
            let value = text == "0" ? Duration.zero : Duration(configured: text)
            return value.flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension Duration {
    /// As durations are written in the file: `90s`, `15m`, `1d`; `nil` for what is none.
    package init?(configured text: String) {
        guard let milliseconds = multiplied(text, durationUnits) else { return nil }
        self = .milliseconds(milliseconds)
    }
}

private let durationUnits = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

/// A decimal number of ASCII digits alone; `nil` also when it does not fit.
func wholeNumber(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
}

private func multiplied(_ text: String, _ units: [String: Int]) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = wholeNumber(digits), let unit = units[String(text[digits.endIndex...])] else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
}

private func durationText(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    if attoseconds != 0 { return "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms" }
    for (unit, size) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)] where seconds > 0 && seconds % size == 0 {
        return "\(seconds / size)\(unit)"
    }
    return "\(seconds)s"
}
