/// How long an origin may be silent in each stage. Every redirect starts anew; the request's deadline bounds it all.
package struct OriginTimeouts: Sendable, Hashable {
    /// Name, connection and TLS.
    package var connect: Duration
    /// From the request sent to the end of the response's head.
    package var firstByte: Duration
    /// Between two pieces of the body.
    package var stall: Duration

    package init(
        connect: Duration = .seconds(3), firstByte: Duration = .seconds(8), stall: Duration = .seconds(5)
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.stall = stall
    }
}
