import Deadlines

#if canImport(Glibc)
    import Glibc
#endif

/// The account of a store's space, shared by all threads and processes through a small file in its folder.
///
/// The file is opened, locked, read and written anew for each change, and not mapped: whoever changes a mapped file dies
/// (SIGBUS) if its disk fails or has become read-only. Nothing is held open, so that the folder may come and go.
final class Ledger: Sendable {
    private let folder: StoreFolder
    /// Until then nobody tries: a process that has been stopped holds the lock.
    private let stuckUntil = Monitor(Deadline(nanoseconds: 0))

    /// A holder needs the lock for microseconds, but may have to wait for a processor.
    private static let lockPatience = Duration.seconds(1)
    /// How long nobody tries after that.
    private static let holdOff = Duration.seconds(2)

    init(_ folder: StoreFolder) {
        self.folder = folder
    }

    /// The account; `nil` if there is no folder yet, or its ledger cannot be read.
    var account: Account? {
        guard SystemCalls.status(of: folder.ledger) != nil else { return nil }
        return try? change { (account) throws(StoreError) in account }
    }

    /// Reads or changes the account. Makes the folder if it is missing.
    ///
    /// `body` is called once, while no other thread of any process has the account. `.unavailable` if a process that has
    /// it does not go on.
    func change<Result>(
        _ body: (inout Account) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        try stuckUntil.withLock { (stuckUntil) throws(StoreError) in
            guard stuckUntil.hasPassed else { throw .unavailable }
            guard let file = try LedgerFile.open(in: folder, until: Deadline(in: Self.lockPatience)) else {
                stuckUntil = Deadline(in: Self.holdOff)
                throw .unavailable
            }
            let before = try file.read()
            var account = before ?? firstAccount
            let result = try body(&account)
            if account != before { try file.write(account) }
            return result
        }
    }

    /// An empty folder needs no adding up. Nobody else can be filling it: that takes an account.
    private var firstAccount: Account {
        let isEmpty = [StoreName.Kind.variant, .original].allSatisfy {
            SystemCalls.status(of: folder.folder(of: $0)) == nil && errno == ENOENT
        }
        return isEmpty ? .empty : Account()
    }
}
