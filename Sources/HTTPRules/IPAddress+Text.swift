extension IPAddress: CustomStringConvertible {
    /// As RFC 5952 has it: the longest run of zero groups as `::`. A mapped address is written in its groups, too.
    package var description: String {
        switch family {
        case .v4: (0..<4).map { String(number >> (24 - 8 * $0) & 0xFF) }.joined(separator: ".")
        case .v6: Self.text((0..<8).map { UInt16(truncatingIfNeeded: number >> (112 - 16 * $0)) })
        }
    }

    private static func text(_ groups: [UInt16]) -> String {
        let written = groups.map { String($0, radix: 16) }
        var gap = 0..<0
        for start in groups.indices {
            let run = start..<(groups[start...].firstIndex { $0 != 0 } ?? groups.endIndex)
            if run.count > max(gap.count, 1) { gap = run }
        }
        guard !gap.isEmpty else { return written.joined(separator: ":") }
        return written[..<gap.lowerBound].joined(separator: ":") + "::"
            + written[gap.upperBound...].joined(separator: ":")
    }
}
