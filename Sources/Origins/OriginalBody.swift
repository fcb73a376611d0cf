package import HTTPRules
import Memory

/// An original whose bytes are still to come. Belongs to one thread at a time; letting go of it gives back what it holds
/// of its origin.
package protocol OriginalBody: AnyObject, Sendable {
    var metadata: Original.Metadata { get }
    /// Bytes of the whole original; `nil` where the origin does not say.
    var length: Int? { get }
    /// The part of it that comes; `nil`: all of it.
    var range: ByteRange? { get }

    /// Waits for the next bytes, at most `OriginalPiece.longest` of them, and lends them for the length of the call;
    /// `false`: there are no more.
    func read(_ use: (RawSpan) -> Void) throws(OriginError) -> Bool

    /// From here on whoever gets the bytes sets the pace: the deadline is lifted, only the origin's silence ends the
    /// reading, and its place among those who wait for the origin is given back.
    func beginStreaming()
}

/// What is lent of a body at a time.
package enum OriginalPiece {
    /// In bytes.
    package static let longest = 256 * 1024
}

/// What has been read of a body into memory.
enum Gathered {
    case whole(SharedMemory)
    /// There is more, or may be.
    case beginning(SharedMemory)

    var bytes: SharedMemory {
        switch self {
        case .whole(let bytes), .beginning(let bytes): bytes
        }
    }
}

extension OriginalBody {
    /// Reads until the end, or until there is more than `count` bytes.
    func gather(_ count: Int) throws(OriginError) -> Gathered {
        let (most, overflow) = count.addingReportingOverflow(OriginalPiece.longest)
        var writer = try OriginalWriter(maximum: overflow ? .max : most)
        var failure: OriginError?
        while writer.count <= count {
            let isMore = try read { bytes in
                do throws(OriginError) { try writer.append(bytes) } catch { failure = error }
            }
            if let failure { throw failure }
            guard isMore else { return .whole(try writer.finish()) }
        }
        return .beginning(try writer.finish())
    }
}
