import Glibc

/// An answer that is written piece by piece, as its client takes it: `write` the head and each piece, then `end`. Letting
/// go of it closes the connection; the web server then sees whether the answer is whole.
///
/// Belongs to one thread at a time.
package final class LongAnswer: Sendable {
    /// How long the client may take nothing; longer than nginx' own patience (`send_timeout`), which ends the connection
    /// first.
    static let clientStall: Duration = .seconds(60)
    private static let nothing: [UInt8] = []

    private let writer: RecordWriter

    init(_ writer: RecordWriter) {
        self.writer = writer
    }

    deinit { close(writer.connection) }

    /// Writes the CGI header block with its empty line, or a piece of the body.
    package func write(_ piece: RawSpan) throws(ClientGone) {
        try writer.write(piece, Self.nothing.span.bytes, isAll: false)
    }

    /// Writes that the answer is whole.
    package func end() throws(ClientGone) {
        try writer.write(Self.nothing.span.bytes, Self.nothing.span.bytes, isAll: true)
    }
}
