import Deadlines
package import Purging

/// What two regions tell each other in one exchange; the question and the answer look the same.
package struct ExchangeMessage: Sendable {
    /// What the teller knows of a region, itself included.
    package struct Sighting: Sendable, Hashable {
        package var region: String
        /// The time since it lived for certain; `nil` where it was never heard.
        package var aliveAge: Duration?
        /// The time since a moment of which the teller knows all purges that the region then knew; `nil` for never.
        package var confirmedAge: Duration?
        /// The purges that all workers and edges of the region obey.
        package var settled: PurgeVector

        package init(region: String, aliveAge: Duration?, confirmedAge: Duration?, settled: PurgeVector) {
            self.region = region
            self.aliveAge = aliveAge
            self.confirmedAge = confirmedAge
            self.settled = settled
        }
    }

    /// Versions that the teller runs.
    package var configuration: String
    package var engine: String
    package var form: UInt8
    /// The purges that the teller knows.
    package var known: PurgeVector
    package var sightings: [Sighting]
    /// Rules that the other lacks, as far as the teller knows.
    package var offers: [PurgeOffer]
    /// Whether there would have been more to offer.
    package var isCut = false

    package init(
        configuration: String, engine: String, form: UInt8, known: PurgeVector, sightings: [Sighting] = [],
        offers: [PurgeOffer] = []
    ) {
        self.configuration = configuration
        self.engine = engine
        self.form = form
        self.known = known
        self.sightings = sightings
        self.offers = offers
    }
}

// MARK: As text

extension ExchangeMessage {
    /// The longest text of all fields, in bytes: leaves room for the envelope.
    package static let longestText = RegionFields.longestText - 2048
    /// The most bytes of sightings; those of more regions than fit are not told.
    private static let mostSightings = 12 * 1024

    private enum Name {
        static let configuration = "configuration"
        static let engine = "engine"
        static let form = "form"
        static let known = "known"
        static let region = "region"
        static let offer = "offer"
        static let rule = "rule"
        static let more = "more"
    }
    private static let yes = "yes"
    fileprivate static let never = "-"
    private static let whole = "whole"
    private static let reset = "reset"

    /// The message as fields. Of offers there may be no more than there is room for.
    package var fields: RegionFields {
        var fields = RegionFields()
        fields.add(Name.configuration, configuration)
        fields.add(Name.engine, engine)
        fields.add(Name.form, "\(form)")
        fields.add(Name.known, known.description)
        var room = Self.mostSightings
        for sighting in sightings {
            let text = Self.text(of: sighting)
            room -= RegionFields.bytes(of: Name.region, text)
            guard room >= 0 else { break }
            fields.add(Name.region, text)
        }
        for offer in offers {
            fields.add(Name.offer, Self.text(of: offer))
            for rule in offer.rules { fields.add(Name.rule, escaping: rule.line) }
        }
        if isCut { fields.add(Name.more, Self.yes) }
        return fields
    }

    /// How many bytes of offers may still be added to it.
    var roomForOffers: Int {
        Self.longestText - fields.text.count - RegionFields.bytes(of: Name.more, Self.yes)
    }

    private static func text(of sighting: Sighting) -> String {
        let ages = [sighting.aliveAge, sighting.confirmedAge].map { age in
            age.map { "\(max(0, $0.wholeMilliseconds))" } ?? never
        }
        return "\(sighting.region) \(ages[0]) \(ages[1]) \(sighting.settled)"
    }

    private static func text(of offer: PurgeOffer) -> String {
        "\(offer.source) \(offer.after) \(offer.upTo) \(offer.isReset ? reset : whole)"
    }

    /// Reads what `fields` gives. Fields of other names are passed over: a later version may tell more. `nil` for
    /// anything else that makes no sense.
    package init?(_ fields: RegionFields) {
        guard let configuration = fields[Name.configuration], let engine = fields[Name.engine],
            let form = fields[Name.form].flatMap({ RegionFields.number($0, max: 255) }),
            let known = fields[Name.known].flatMap({ PurgeVector($0) })
        else { return nil }
        self.init(configuration: configuration, engine: engine, form: UInt8(form), known: known)
        isCut = fields[Name.more] != nil
        for field in fields.list {
            switch field.name {
            case Name.region:
                guard let sighting = Sighting(field.value) else { return nil }
                sightings.append(sighting)
            case Name.offer:
                guard let offer = Self.offer(field.value) else { return nil }
                offers.append(offer)
            case Name.rule:
                guard !offers.isEmpty,
                    let rule = RegionFields.unescaped(field.value).flatMap({ PurgeRule(line: $0) })
                else { return nil }
                offers[offers.count - 1].rules.append(rule)
            default: break
            }
        }
    }

    private static func offer(_ text: String) -> PurgeOffer? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, !parts[0].isEmpty, let after = number(parts[1]), let upTo = number(parts[2]),
            after <= upTo, parts[3] == whole || parts[3] == reset
        else { return nil }
        return PurgeOffer(
            source: String(parts[0]), after: after, upTo: upTo, isReset: parts[3] == reset, rules: [])
    }
}

extension ExchangeMessage {
    private static func number(_ text: Substring) -> UInt64? {
        RegionFields.number(String(text), max: Int64(PurgeRule.highestNumber)).map { UInt64($0) }
    }
}

extension ExchangeMessage.Sighting {
    /// Ages above it, a year, are none.
    private static let highestAge: Int64 = 366 * 86_400_000

    fileprivate init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, !parts[0].isEmpty, let settled = PurgeVector(String(parts[3])) else { return nil }
        var ages: [Duration?] = []
        for part in parts[1...2] {
            let age = RegionFields.number(String(part), max: Self.highestAge)
            guard age != nil || part == ExchangeMessage.never else { return nil }
            ages.append(age.map { .milliseconds($0) })
        }
        self.init(region: String(parts[0]), aliveAge: ages[0], confirmedAge: ages[1], settled: settled)
    }
}

extension RegionFields {
    /// The length of a field's line.
    fileprivate static func bytes(of name: String, _ value: String) -> Int {
        var fields = RegionFields()
        fields.add(name, value)
        return fields.text.count
    }
}
