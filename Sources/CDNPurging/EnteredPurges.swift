package import Purging

/// The purge log of a region, as far as it says what was entered there.
package protocol EnteredPurges: Purges {
    /// Changes whenever there may be more in `entered(since:)`. Cheap.
    var newestNumber: UInt64 { get }

    /// The purges that were entered in this region at a time or later, in seconds since 1970, or in others above a
    /// number there; merged ones, too. In no order.
    func entered(since time: Int64, andIn others: [String: UInt64]) -> [PurgeRule]

    /// Says of which purges somebody outside has still to be told.
    func note(_ untold: UntoldPurges)
}

extension PurgeLog: EnteredPurges {}
