/// How often a client looks for its servers anew.
struct DiscoveryPace: Sendable, Hashable {
    /// Between the end of a look that brought news and the next.
    var shortestPause = Duration.milliseconds(100)
    /// Looks that bring nothing new double the pause up to this. So a fail-over is noticed at most this long after
    /// it, and a cluster that has lost a node is not busy with answering where its slots are.
    var longestPause = Duration.seconds(1)
    /// After this without any look the next caller starts one: a client that is cut off together with a deposed
    /// primary meets no error that would make it look.
    var longestTrust = Duration.seconds(10)
    /// The most that one step of a look takes: connecting to one server, signing in and asking it.
    static let stepTime = Duration.milliseconds(500)
    /// The most that one look takes, however many servers there are to ask.
    static let lookTime = Duration.seconds(3)
}
