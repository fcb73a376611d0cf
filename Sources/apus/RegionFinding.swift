import Configuration
import Deadlines
import Regions

/// What another region has said of itself, or why it has not.
struct RegionFinding: Sendable {
    enum Outcome: Sendable {
        /// No region asks it.
        case noURL
        case silent(RegionError)
        case told(RegionStatus)
    }

    let name: String
    let url: String
    let outcome: Outcome

    /// A region that takes longer is one that nobody waits for.
    private static let limit: Duration = .seconds(5)

    /// Asks, and takes that long at most.
    init(_ name: String, url: WebURL?, caller: RegionCaller?) {
        self.name = name
        self.url = url?.description ?? ""
        guard let caller else {
            outcome = .noURL
            return
        }
        let deadline = Deadline(in: Self.limit)
        do throws(RegionError) {
            // The first one opens the connection, and shows how far apart the clocks are.
            let first = WallClock.unixMilliseconds
            let now = try caller.status(clockOffset: .zero, until: deadline)["now"]
            let offset = now.flatMap { RegionFields.number($0) }.map { $0 - first } ?? 0
            let start = Deadline.now
            let sentAt = WallClock.unixMilliseconds
            let fields = try caller.status(clockOffset: .milliseconds(offset), until: deadline)
            outcome = .told(RegionStatus(fields, sentAt: sentAt, roundTrip: start.elapsed))
        } catch {
            outcome = .silent(error)
        }
    }
}

/// The answer to `status`.
struct RegionStatus: Sendable {
    /// One region as another sees it.
    struct Heard: Sendable {
        let name: String
        /// Milliseconds since the last word of it, by whatever way; `nil`: none yet.
        let age: Int64?
        /// As it says it: `up`, `down`, `returning`.
        let state: String
    }

    let configuration: String
    let form: String
    let engine: String
    /// Whether it knows enough of what is purged to answer unmarked.
    let isConfirmed: Bool
    /// For each region the number up to which it knows that region's purges.
    let purges: String
    let heard: [Heard]
    let roundTrip: Duration
    /// How far its clock is ahead of this one's; `nil` if it does not say.
    let clockOffset: Duration?

    /// - Parameters:
    ///   - sentAt: Unix milliseconds when it was asked.
    ///   - roundTrip: from then until it had answered.
    init(_ fields: RegionFields, sentAt: Int64, roundTrip: Duration) {
        configuration = fields["configuration"] ?? ""
        form = fields["form"] ?? ""
        engine = fields["engine"] ?? ""
        isConfirmed = fields["confirmed"] != "no"
        purges = fields["purges"] ?? ""
        heard = fields.all("heard").map { text in
            let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            return Heard(
                name: parts[0], age: parts.count > 1 ? RegionFields.number(parts[1]) : nil,
                state: parts.count > 2 ? parts[2] : "")
        }
        self.roundTrip = roundTrip
        clockOffset = fields["now"].flatMap { RegionFields.number($0) }.map { now in
            .milliseconds(now.subtractingReportingOverflow(sentAt).partialValue) - roundTrip / 2
        }
    }
}
