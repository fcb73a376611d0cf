package import Transfer

/// The bytes of a file that come from another region.
///
/// `@unchecked Sendable`: used by one thread at a time, as its transfer is. Letting go of it before its end closes the
/// connection.
package final class RegionStream: @unchecked Sendable {
    private let stream: TransferStream
    /// What has come and was not asked for yet: all from `position` on.
    private var waiting: [UInt8] = []
    private var position = 0
    /// How many bytes are still to come; `nil` where nobody knows.
    private var left: Int?

    init(_ stream: TransferStream) {
        self.stream = stream
    }

    /// Waits for the next piece and lends it for the length of the call; `false`: all has come.
    ///
    /// Throws `.truncated` where it ends too early, and `.tooLarge` where more comes than was promised.
    package func read(_ use: (RawSpan) -> Void) throws(TransferError) -> Bool {
        guard try fill() else {
            if let left, left > 0 { throw .truncated }
            return false
        }
        let count = waiting.count - position
        if let left {
            guard count <= left else {
                stream.close()
                throw .tooLarge(limit: left)
            }
            self.left = left - count
        }
        use(waiting.span.bytes.extracting(position..<waiting.count))
        position = waiting.count
        return true
    }

    /// From now on nothing but silence ends it: for what is passed on while it comes.
    package func liftDeadline() { stream.liftDeadline() }

    /// Gives it up.
    package func close() {
        waiting = []
        position = 0
        stream.close()
    }

    // MARK: What comes before

    /// Exactly so many bytes; throws `.truncated` where fewer come.
    func take(_ count: Int) throws(TransferError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, Self.mostReserved))
        while bytes.count < count {
            guard try fill() else { throw .truncated }
            let end = min(waiting.count, position + count - bytes.count)
            bytes += waiting[position..<end]
            position = end
        }
        return bytes
    }

    /// Made before anything of it has come.
    private static let mostReserved = 8 * 1024 * 1024

    /// Whether nothing more comes; then the connection is free for the next request.
    func isAtEnd() throws(TransferError) -> Bool { try !fill() }

    /// How many bytes the rest must be.
    func expect(_ count: Int?) { left = count }

    /// Waits until something is there; `false`: there is no more.
    private func fill() throws(TransferError) -> Bool {
        while position == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            position = 0
            guard try stream.read({ piece in piece.withUnsafeBytes { waiting.append(contentsOf: $0) } }) else {
                return false
            }
        }
        return true
    }
}
