/// How much of every region's purges is known: for each region the number, in its own log, up to which every rule is.
package struct PurgeVector: Sendable, Hashable {
    private var numbers: [String: UInt64]

    /// - Parameter numbers: by region; a region that is not named stands at 0.
    package init(_ numbers: [String: UInt64] = [:]) {
        self.numbers = numbers.filter { $0.value > 0 }
    }

    /// The number for a region; 0 where nothing of it is known.
    package subscript(region: String) -> UInt64 { numbers[region] ?? 0 }

    /// The regions of which something is known, in the order of their names.
    package var regions: [String] { numbers.keys.sorted() }

    /// Takes note of a number; never goes down.
    package mutating func raise(_ region: String, to number: UInt64) {
        guard number > self[region] else { return }
        numbers[region] = number
    }

    /// Takes note of all that another knows.
    package mutating func raise(to other: PurgeVector) {
        for (region, number) in other.numbers { raise(region, to: number) }
    }

    /// Whether everything that the other knows is known here.
    package func covers(_ other: PurgeVector) -> Bool {
        other.numbers.allSatisfy { region, number in self[region] >= number }
    }
}

extension PurgeVector: CustomStringConvertible {
    /// `eu=12,us=99`, in the order of the names; empty where nothing is known.
    package var description: String {
        regions.map { "\($0)=\(self[$0])" }.joined(separator: ",")
    }

    /// The most regions that a text may name.
    private static let mostRegions = 100

    /// Reads what `description` writes; `nil` for anything else.
    package init?(_ text: String) {
        self.init()
        guard !text.isEmpty else { return }
        let parts = text.split(separator: ",", maxSplits: Self.mostRegions, omittingEmptySubsequences: false)
        guard parts.count <= Self.mostRegions else { return nil }
        for part in parts {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[0].isEmpty, let number = UInt64(sides[1]),
                (1...PurgeRule.highestNumber).contains(number), numbers[String(sides[0])] == nil
            else { return nil }
            numbers[String(sides[0])] = number
        }
        // One text for each vector.
        guard description == text else { return nil }
    }
}
