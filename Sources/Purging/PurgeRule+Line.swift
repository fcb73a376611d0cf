extension PurgeRule {
    /// The rule as one line of text without line ends, for another region: with its source, without its number here.
    package var line: String { RuleText.line(of: self) }

    /// Reads what `line` writes of a rule that has a source; `nil` for anything else. The number is 0.
    package init?(line: String) {
        guard let rule = RuleText.rule(of: line), rule.source != nil else { return nil }
        self = rule
    }
}

extension PurgeRule.Source {
    private static let longestRegion = 100

    /// Whether the region's name is text of 1…100 letters, digits, `-` and `_`, and the number one that a log gives.
    var isValid: Bool {
        (1...PurgeRule.highestNumber).contains(number) && (1...Self.longestRegion).contains(region.utf8.count)
            && region.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension PurgeRule.Source {
    /// The region's name for a line in a log, where it may be anything.
    var shownRegion: String { String(decoding: region.utf8.prefix(Self.longestRegion), as: UTF8.self) }
}

extension PurgeRule {
    /// Whether it is what another region may tell in an offer.
    func isWellFormed(in offer: PurgeOffer) -> Bool {
        guard let source, source.isValid, source.region == offer.source, !isMerged else { return false }
        return source.number > offer.after && source.number <= offer.upTo && RequestID.isValid(requestID)
            && (1...Self.longestAccount).contains(account.utf8.count) && target.isValid
    }
}
