import Caching
import Configuration
import Deadlines
import Delivery
import Explaining
import Purging
import Regions

/// What all the other regions have said, for a terminal: a line for each, aligned, with what else there is to say below.
struct RegionReport: CustomStringConvertible {
    /// Farther apart, the clocks of regions are one of the things to be mended.
    static let clockTolerance: Duration = .seconds(60)

    private let own: (region: String, version: RegionVersion)
    private let rows: [Row]

    init(_ configuration: Configuration, _ findings: [RegionFinding]) {
        let version = RegionVersion(
            configuration: configuration.version, form: "\(Entry.formatVersion)", engine: Engine.version)
        own = (configuration.region, version)
        rows = findings.map { Row($0, own: configuration.region, version) }
    }

    /// Whether every region was reached and runs the same.
    var isGood: Bool { rows.allSatisfy { $0.verdict == .good } }

    var description: String {
        let width = rows.map(\.name.count).max() ?? 0
        let lines = rows.map { row in
            let padding = String(repeating: " ", count: width - row.name.count)
            let below = row.details.map { "    \($0)\n" }.joined()
            return "\(row.name)\(padding)  \(row.verdict.text)  \(row.facts)\n\(below)"
        }
        return "asked as \(own.region), with \(own.version)\n" + lines.joined()
    }

    /// The same for programs.
    var fact: Fact {
        .fields(
            Fact.Field("askedAs", .text(own.region)), Fact.Field("configuration", .text(own.version.configuration)),
            Fact.Field("form", .text(own.version.form)), Fact.Field("engine", .text(own.version.engine)),
            Fact.Field("isGood", .flag(isGood)), Fact.Field("regions", .list(rows.map(\.fact))))
    }
}

/// What has to be the same in all regions.
struct RegionVersion: Equatable, CustomStringConvertible {
    let configuration: String
    /// Of entries: regions with different ones cannot read each other's.
    let form: String
    /// Of what makes variants.
    let engine: String

    var description: String { "configuration \(configuration), entries of form \(form), engine \(engine)" }

    init(configuration: String, form: String, engine: String) {
        (self.configuration, self.form, self.engine) = (configuration, form, engine)
    }

    init(_ status: RegionStatus) {
        self.init(configuration: status.configuration, form: status.form, engine: status.engine)
    }
}

extension RegionReport {
    enum Verdict: String {
        case good, different, silent

        var text: String {
            switch self {
            case .good: "ok     "
            case .different: "DIFFERS"
            case .silent: "FAILED "
            }
        }
    }

    struct Row {
        let name: String
        let verdict: Verdict
        let facts: String
        let details: [String]
        let fact: Fact

        init(_ finding: RegionFinding, own: String, _ version: RegionVersion) {
            name = finding.name
            switch finding.outcome {
            case .noURL:
                (verdict, facts, details) = (.silent, "the file has no url of it", [])
                fact = Self.silent(finding, facts)
            case .silent(let error):
                (verdict, facts, details) = (.silent, error.sentence(finding, own: own), [])
                fact = Self.silent(finding, facts)
            case .told(let answer):
                let theirs = RegionVersion(answer.status)
                verdict = theirs == version ? .good : .different
                facts = answer.facts
                details = (theirs == version ? [] : ["it runs \(theirs)"]) + answer.details
                fact = answer.fact(finding, verdict)
            }
        }

        private static func silent(_ finding: RegionFinding, _ reason: String) -> Fact {
            .fields(
                Fact.Field("region", .text(finding.name)), Fact.Field("verdict", .text(Verdict.silent.rawValue)),
                Fact.Field("reason", .text(reason)))
        }
    }
}

extension RegionFinding.Answer {
    fileprivate var facts: String {
        let purges = status.purges.description
        let known = purges.isEmpty ? "no purges" : "purges \(purges)"
        return "\(roundTrip.wholeMilliseconds) ms, clock \(clockOffset.ahead.signedSeconds), \(known)"
    }

    fileprivate var details: [String] {
        var details: [String] = []
        if clockOffset.ahead.magnitude > RegionReport.clockTolerance {
            details.append("its clock and this one's are far apart")
        }
        if !status.knowsPurgesOfAll {
            details.append("it does not know what was purged lately, and marks its answers as stale")
        }
        if !status.heard.isEmpty { details.append("hears " + status.heard.map(\.text).joined(separator: ", ")) }
        return details
    }

    fileprivate func fact(_ finding: RegionFinding, _ verdict: RegionReport.Verdict) -> Fact {
        .fields(
            Fact.Field("region", .text(finding.name)), Fact.Field("verdict", .text(verdict.rawValue)),
            Fact.Field("configuration", .text(status.configuration)), Fact.Field("form", .text(status.form)),
            Fact.Field("engine", .text(status.engine)), Fact.Field("isConfirmed", .flag(status.knowsPurgesOfAll)),
            Fact.Field("purges", .text(status.purges.description)),
            Fact.Field("roundTripMilliseconds", .number(roundTrip.wholeMilliseconds)),
            Fact.Field("clockOffsetMilliseconds", .number(clockOffset.ahead.wholeMilliseconds)),
            Fact.Field("heard", .list(status.heard.map(\.fact))))
    }
}

extension RegionStatus.Heard {
    fileprivate var text: String {
        let age = age.map { $0.seconds + " ago" } ?? "never"
        guard let health, health != .up else { return "\(name) \(age)" }
        return "\(name) \(age) (\(health))"
    }

    fileprivate var fact: Fact {
        .fields(
            Fact.Field("region", .text(name)), Fact.Field("state", .text(health?.rawValue ?? "")),
            Fact.Field("ageMilliseconds", age.map { .number($0.wholeMilliseconds) } ?? .unknown))
    }
}

extension Duration {
    fileprivate var magnitude: Duration { self < .zero ? .zero - self : self }

    /// In tenths of a second.
    fileprivate var seconds: String {
        let tenths = wholeMilliseconds.magnitude / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }

    fileprivate var signedSeconds: String { (wholeMilliseconds < 0 ? "-" : "+") + seconds }
}

extension RegionError {
    /// What is wrong, for the owner.
    fileprivate func sentence(_ finding: RegionFinding, own: String) -> String {
        switch self {
        case .connectionRefused: "nobody listens at \(finding.url)"
        case .unreachable: "no connection to \(finding.url), or it broke off: name, address, TLS?"
        case .timedOut: "\(finding.url) did not answer in time"
        case .garbage: "what answers at \(finding.url) is no region, or one with another regionSecret"
        case .failed: "\(finding.url) answers that it cannot answer now"
        case .leftAlone, .crowded, .unaskable: "it was not asked"
        case .otherClock: RegionRefusal.clock.sentence(finding, own: own)
        case .refused(let refusal): refusal.sentence(finding, own: own)
        }
    }
}

extension RegionRefusal {
    fileprivate func sentence(_ finding: RegionFinding, own: String) -> String {
        switch self {
        case .malformed: "it cannot read the question: does it run another version of Apus?"
        case .signature: "it does not take the signature: it has another regionSecret"
        case .misrouted: "it is not \(finding.name): \(finding.url) leads to another region"
        case .unknown: "its configuration has no region \(own)"
        case .loop: "\(finding.url) leads back to \(own)"
        case .clock: "its clock and this one's are more than five minutes apart"
        case .replay: "the question had been there before"
        case .form: "its entries have another form: it runs another version of Apus"
        case .notHome: "it is not the home region"
        case .behind: "it does not know yet what was purged"
        case .busy: "it has too much to do"
        }
    }
}
