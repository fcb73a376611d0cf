package import Deadlines
package import Memory

/// The durable tier of a region, for variants and saved originals, and for the purge log: a folder or a bucket.
///
/// It keeps bytes under names and knows nothing of what they mean; whoever reads them checks them. Calls block, are safe
/// from any thread and any process that shares the place, and end by the deadline where a network lies between.
package protocol Store: Sendable {
    /// All bytes under a name; `nil` if there are none.
    func read(_ name: StoreName, until deadline: Deadline) throws(StoreError) -> SharedMemory?

    /// Keeps `parts`, one after the other, under a name, in place of what was there. Readers see all of them or none.
    ///
    /// A `.purge` is on the disk, whatever happens to the host, when this returns; it is never evicted and does not count.
    func write(_ parts: [any Blob], as name: StoreName, until deadline: Deadline) throws(StoreError)

    /// Removes what is under a name, if anything is.
    func remove(_ name: StoreName, until deadline: Deadline) throws(StoreError)

    /// All names of a kind, in the order of their texts' bytes; at most `StoreName.mostListed`.
    func names(of kind: StoreName.Kind, until deadline: Deadline) throws(StoreError) -> [StoreName]
}

/// What one thing in a store is called.
package struct StoreName: Hashable, Sendable, Comparable {
    package enum Kind: String, Sendable, CaseIterable {
        case variant, original, purge
    }

    /// How many names `names(of:until:)` lists at most.
    package static let mostListed = 50_000
    private static let longestText = 100

    package let kind: Kind
    /// 1…100 letters, digits, `-` and `_`, so that it is one file name and needs no escape in a URL.
    package let text: String

    /// `nil` for a text that is none.
    package init?(_ kind: Kind, _ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (1...Self.longestText).contains(text.utf8.count) else { return nil }
        self.kind = kind
        self.text = text
    }

    package static func < (one: StoreName, other: StoreName) -> Bool {
        (one.kind.rawValue, one.text) < (other.kind.rawValue, other.text)
    }
}

/// Why a store did not do what it was asked.
package enum StoreError: Error, Hashable, Sendable {
    /// The store failed a moment ago and was not asked this time.
    case unavailable
    /// There is no room, and what could be evicted is not enough.
    case full
    /// Larger than the store takes, in bytes.
    case tooLarge(limit: Int)
    /// The place may not be written to.
    case readOnly
    case timedOut
    /// The bucket has answered with this status.
    case refused(status: Int)
    /// The bucket could not be reached.
    case unreachable
    /// A system call failed.
    case system(call: String, errno: Int32)
}
