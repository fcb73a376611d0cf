package import Deadlines
import S3

/// An origin that can name something that it has: for who wants to see it work, not for delivery.
package protocol ListingOrigin: Origin {
    /// The path of any of its objects; `nil`: there is none, or none among the first that a path could name.
    ///
    /// Throws `.forbidden` where the credentials may read objects but not list them, as is well possible.
    func anyObject(until deadline: Deadline) throws(OriginError) -> OriginPath?
}

/// What listings have in common.
enum Listing {
    /// How many names are asked for: the first of all may stand for a folder.
    static let names = 20
    /// The longest listing that is read, in bytes.
    static let bytes = 1 << 20

    /// The first name that a path can have.
    static func path(_ names: [String]) -> OriginPath? {
        names.lazy.map { OriginPath(name: $0.utf8) }.first { $0.staysInside }
    }

    /// What follows `prefix` in each name.
    static func names(_ names: [String], below prefix: ObjectKey.Prefix) -> [String] {
        names.filter { $0.utf8.starts(with: prefix.text.utf8) }
            .map { String(Substring($0.utf8.dropFirst(prefix.text.utf8.count))) }
    }

    /// The whole of a listing, which is asked for as an object is.
    static func read(_ ask: (OriginRequest) throws(OriginError) -> OriginAnswer) throws(OriginError) -> [UInt8] {
        guard case .opened(let body) = try ask(OriginRequest(path: OriginPath(segments: [], encoded: ""))) else {
            throw .unidentified(.status(304))
        }
        var listing: [UInt8] = []
        while try body.read({ piece in piece.withUnsafeBytes { listing.append(contentsOf: $0) } }) {
            guard listing.count <= bytes else { throw .tooLarge(limit: bytes) }
        }
        return listing
    }
}

extension OriginPath {
    /// The path of an object that has this name, in bytes.
    init(name: some Collection<UInt8>) {
        let segments = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        self.init(segments: segments.map { Array($0) }, encoded: percentEncoded(name, keepsSlash: true))
    }
}
