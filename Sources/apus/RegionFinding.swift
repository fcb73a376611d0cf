import Configuration
import Deadlines
import Regions

/// What another region has said of itself, or why it has not.
struct RegionFinding: Sendable {
    enum Outcome: Sendable {
        /// No region asks it.
        case noURL
        case silent(RegionError)
        case told(Answer)
    }

    struct Answer: Sendable {
        let status: RegionStatus
        /// From the question to all of the answer.
        let roundTrip: Duration
        let clockOffset: ClockOffset
    }

    let name: String
    let url: String
    let outcome: Outcome

    /// A region that takes longer is one that nobody waits for.
    private static let limit: Duration = .seconds(5)

    /// Asks, and takes that long at most.
    static func ask(_ name: String, url: WebURL?, _ caller: RegionCaller?) -> RegionFinding {
        RegionFinding(name: name, url: url?.description ?? "", outcome: caller.map { ask($0) } ?? .noURL)
    }

    private static func ask(_ caller: RegionCaller) -> Outcome {
        let deadline = Deadline(in: limit)
        do throws(RegionError) {
            // The first one opens the connection, and shows how far apart the clocks are.
            let first = try caller.status(clockOffset: .none, until: deadline)
            let start = Deadline.now
            let told = try caller.status(clockOffset: first.clockOffset, until: deadline)
            return .told(
                Answer(
                    status: RegionStatus(told.fields), roundTrip: start.elapsed, clockOffset: told.clockOffset))
        } catch {
            return .silent(error)
        }
    }
}
