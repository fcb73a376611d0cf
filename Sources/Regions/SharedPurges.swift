package import Deadlines
package import Purging

/// A purge log whose rules go round all regions.
package protocol SharedPurges: Purges {
    /// What is known of every region's log.
    var vector: PurgeVector { get }
    /// What all workers and edges of this region obey.
    var settled: PurgeVector { get }

    func offers(to known: PurgeVector, mostBytes: Int) -> [PurgeOffer]
    func adopt(_ offers: [PurgeOffer], accounts: [String], deadline: Deadline) throws(PurgeError)
    func noteOwnNumber(_ number: UInt64)
    func origin(of requestID: String, account: String) -> PurgeRule.Source?
    func awaitVector(_ wanted: PurgeVector, until deadline: Deadline) -> Bool
}

extension PurgeLog: SharedPurges {
    package var vector: PurgeVector { current.vector }
}
