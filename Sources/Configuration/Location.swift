extension Configuration {
    /// A place on the Earth, in degrees.
    package struct Location: Sendable, Equatable {
        /// North of the equator, -90…90.
        package let latitude: Double
        /// East of Greenwich, -180…180.
        package let longitude: Double
    }
}

extension Configuration.Location {
    /// `[north, east]`; `nil` when it is left out or bad.
    static func reading(_ section: Section) -> Self? {
        let degrees = section.pair("location", .degrees(90, "north"), .degrees(180, "east"))
        return degrees.map { Self(latitude: $0.0, longitude: $0.1) }
    }
}

extension Format<Double> {
    /// A decimal number of degrees from `-limit` to `limit`.
    static func degrees(_ limit: Int, _ direction: String) -> Format {
        let expected = "degrees \(direction) from -\(limit) to \(limit), such as 50.1"
        return Format(expected: expected, blank: 0) { text in
            let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
            let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), text.utf8.count <= degreesLength,
                parts.allSatisfy({ wholeNumber($0) != nil }), let number = Double(text)
            else { return nil }
            return number.magnitude <= Double(limit) ? number : nil
        }
    }

    /// Bytes; nobody measures finer than that.
    private static var degreesLength: Int { 16 }
}
