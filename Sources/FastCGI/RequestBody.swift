import CFastCGI

/// Reads the body that came with a request, through libfcgi, from the connection that belongs to it.
///
/// All of it, also what nobody wants: what stayed would be taken for the beginning of the next request.
struct RequestBody {
    /// The longest body that is handed over, in bytes.
    static let maximumLength = 65_536
    /// The longest body that is announced and still read to its end, so that the web server, which sends before it
    /// reads, gets the answer that the body is too long. nginx lets pass no more (`client_max_body_size` in `nginx/`).
    private static let maximumDiscarded = 1_048_576
    /// The same for what was not announced: nginx sends none.
    private static let maximumUnannounced = 65_536
    private static let chunk = 4096

    /// Empty if there is none or it is too long.
    let bytes: [UInt8]
    /// It was announced with more than `maximumLength` bytes.
    let isTooLong: Bool
    /// Its end has come: the connection is ready for another request.
    let hasEnded: Bool

    /// - Parameter announced: the value of `CONTENT_LENGTH`, `nil` if there is none. One that is no number counts as
    ///   too long.
    ///
    /// `nil` if the connection broke, paused for too long, or the body ended before the announced length.
    init?(announced: String?, from stream: UnsafeMutablePointer<FCGX_Stream>?) {
        let length = announced.map { Int($0) ?? .max } ?? 0
        isTooLong = length > Self.maximumLength
        let wanted = isTooLong ? 0 : max(0, length)
        bytes = wanted == 0 ? [] : Self.read(wanted, from: stream)
        hasEnded = Self.discard(isTooLong ? Self.maximumDiscarded : Self.maximumUnannounced, of: stream)
        // libfcgi itself takes a connection that breaks between two parameters for the end of them all.
        guard bytes.count == wanted, FCGX_GetError(stream) == 0 else { return nil }
    }

    private static func read(_ count: Int, from stream: UnsafeMutablePointer<FCGX_Stream>?) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                initialised = max(0, Int(FCGX_GetStr(characters.baseAddress, Int32(count), stream)))
            }
        }
    }

    /// Reads up to `limit` bytes or a little more, usually no more than the body's end; whether that was met. Before the answer, since
    /// libfcgi would throw away what it reads of a next request together with this end.
    private static func discard(_ limit: Int, of stream: UnsafeMutablePointer<FCGX_Stream>?) -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: chunk) { buffer in
            for _ in 0...(limit / chunk) where FCGX_HasSeenEOF(stream) == 0 {
                if FCGX_GetStr(buffer.baseAddress, Int32(chunk), stream) < chunk { break }
            }
            return FCGX_HasSeenEOF(stream) != 0
        }
    }
}
