/// What the processes that share a store's folder know together about its space; kept in the file `ledger`.
struct Account: Equatable {
    /// False as long as nobody has added up what lies in the folder: then nothing may be written.
    var isCounted = false
    /// Footprints of all files, those that are being written included.
    private(set) var used = 0
    /// Everything that was ever added, and taken away, so that a recount knows what has changed under its eyes.
    private(set) var added = 0
    private(set) var removed = 0
    /// When the folder is to be added up again: seconds since 1970.
    var nextRecount: Int64 = 0
    /// Where eviction goes on.
    var nextShard = 0

    /// An account of an empty folder.
    static var empty: Account {
        var account = Account()
        account.isCounted = true
        return account
    }

    /// Takes `footprint` if the sum stays within `limit`.
    mutating func reserve(_ footprint: Int, limit: Int) -> Bool {
        guard footprint <= limit, used <= limit - footprint else { return false }
        used += footprint
        added &+= footprint
        return true
    }

    mutating func release(_ footprint: Int) {
        used = max(0, used - max(0, footprint))
        removed &+= footprint
    }

    /// Takes over what was found since the account was `earlier`.
    ///
    /// Files come and go meanwhile, so that the sum is only known between two bounds; the present one is believed as long
    /// as it lies between them.
    mutating func correct(since earlier: Account, placed: Int, beingWritten: Int) {
        let placed = Self.clamped(placed)
        let most = placed + Self.clamped(beingWritten) + Self.clamped(added &- earlier.added)
        let least = max(0, placed - Self.clamped(removed &- earlier.removed))
        used = isCounted ? min(max(used, least), most) : most
        isCounted = true
    }

    /// Four of them can be added and still be read again.
    private static func clamped(_ bytes: Int) -> Int {
        min(max(0, bytes), most / 4)
    }
}

extension Account {
    private static let format = 0x4150_5553_4C44_4701
    private static let most = 1 << 60
    static let fieldCount = 8

    /// As it lies in the file, in the order of bytes of this host.
    var fields: [Int] {
        let contents = [Self.format, isCounted ? 1 : 0, used, added, removed, Int(nextRecount), nextShard]
        return contents + [Self.check(contents)]
    }

    /// `nil` for fields that no account has written.
    init?(fields: [Int]) {
        guard fields.count == Self.fieldCount, fields[0] == Self.format, (0...1).contains(fields[1]),
            (0...Self.most).contains(fields[2]), fields.last == Self.check(fields.dropLast())
        else { return nil }
        isCounted = fields[1] == 1
        used = fields[2]
        added = fields[3]
        removed = fields[4]
        nextRecount = Int64(fields[5])
        nextShard = fields[6]
    }

    /// Against damage: a sum that is too high would have the whole store evicted. FNV-1a, by words.
    private static func check(_ fields: some Sequence<Int>) -> Int {
        let hash = fields.reduce(0xCBF2_9CE4_8422_2325) { (hash: UInt64, field) in
            let mixed = (hash ^ UInt64(bitPattern: Int64(field))) &* 0x0000_0100_0000_01B3
            return mixed ^ mixed >> 32
        }
        return Int(Int64(bitPattern: hash))
    }
}
