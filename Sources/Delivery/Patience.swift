import Deadlines

/// How much longer a request waits for origins while there are copies past their time to go on with: one amount for all
/// that goes into a picture, for many waits would add up.
struct Patience {
    private(set) var left: Duration = .seconds(2)

    var isGone: Bool { left <= .zero }

    /// Does what may wait so long, and takes what it needed off.
    mutating func spend<Value, Failure: Error>(
        _ wait: (Duration) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = Deadline.now
        defer { left -= start.elapsed }
        return try wait(left)
    }
}
