/// How long each stage may take, and how much may come.
package struct TransferLimits: Sendable, Hashable {
    /// Name, connection and TLS of each hop.
    package var connect: Duration
    /// From the request sent to the end of the response's head, for each hop.
    package var firstByte: Duration
    /// The longest silence within a body, of the request or of the response.
    package var stall: Duration
    /// The largest body of a response, in bytes.
    package var bodyBytes: Int
    /// All lines of all heads of one hop together, in bytes.
    package var headerBytes = 64 * 1024
    /// Their number.
    package var headerCount = 128
    package var redirects = 3
    /// The largest body of a request, in bytes.
    package var requestBytes = 256 * 1024 * 1024

    package init(connect: Duration, firstByte: Duration, stall: Duration, bodyBytes: Int) {
        self.connect = connect
        self.firstByte = firstByte
        self.stall = stall
        self.bodyBytes = bodyBytes
    }

    /// What is read of a body that nobody wants, so that its connection can be used again: bytes and time.
    static let drainBytes = 64 * 1024
    static let drainTime: Duration = .milliseconds(500)
}
