import Deadlines
package import Purging

/// How a region sees itself and the others, for people: the answer to `status`.
package struct RegionStatus: Sendable, Hashable {
    /// Another region as this one sees it.
    package struct Heard: Sendable, Hashable {
        package let name: String
        /// Since the last word of it, by whatever way; `nil`: none yet.
        package let age: Duration?
        /// `nil` where it is not one of those that are known here.
        package let health: Health.State?

        package init(_ name: String, age: Duration?, health: Health.State?) {
            self.name = name
            self.age = age
            self.health = health
        }
    }

    package var region: String
    /// Versions of the configuration, of entries and of what makes variants; empty where it does not say.
    package var configuration: String
    package var form: String
    package var engine: String
    /// Whether it knows enough of what is purged elsewhere to answer unmarked.
    package var knowsPurgesOfAll: Bool
    /// The purges that it knows.
    package var purges: PurgeVector
    package var heard: [Heard]
}

extension RegionStatus {
    private enum Name {
        static let region = "region"
        static let configuration = "configuration"
        static let form = "form"
        static let engine = "engine"
        static let knowsPurgesOfAll = "confirmed"
        static let purges = "purges"
        static let heard = "heard"
    }
    private static let (yes, no) = ("yes", "no")
    private static let never = "-"

    package var fields: RegionFields {
        var fields = RegionFields()
        fields.add(Name.region, region)
        fields.add(Name.configuration, configuration)
        fields.add(Name.form, form)
        fields.add(Name.engine, engine)
        fields.add(Name.knowsPurgesOfAll, knowsPurgesOfAll ? Self.yes : Self.no)
        fields.add(Name.purges, purges.description)
        for other in heard {
            let age = other.age.map { "\($0.wholeMilliseconds)" } ?? Self.never
            fields.add(Name.heard, "\(other.name) \(age) \(other.health?.rawValue ?? Self.never)")
        }
        return fields
    }

    /// Reads what `fields` writes, and whatever another version says of it: people want to see that it is another one.
    package init(_ fields: RegionFields) {
        self.init(
            region: fields[Name.region] ?? "", configuration: fields[Name.configuration] ?? "",
            form: fields[Name.form] ?? "", engine: fields[Name.engine] ?? "",
            knowsPurgesOfAll: fields[Name.knowsPurgesOfAll] != Self.no,
            purges: fields[Name.purges].flatMap { PurgeVector($0) } ?? PurgeVector(),
            heard: fields.all(Name.heard).map { Heard($0) })
    }
}

extension RegionStatus.Heard {
    fileprivate init(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        self.init(
            parts[0], age: parts.count > 1 ? RegionFields.number(parts[1]).map { .milliseconds($0) } : nil,
            health: parts.count > 2 ? Health.State(rawValue: parts[2]) : nil)
    }
}
