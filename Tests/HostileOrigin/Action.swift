/// One thing that a hostile origin does with a connection.
package enum Action: Sendable {
    case send(String)
    case sendBytes([UInt8])
    /// Sends the same again and again, until the other side hangs up.
    case flood(String)
    /// The same, with a pause after each.
    case drip(String, milliseconds: UInt32)
    /// Does something of the test's own in between, such as to wait for its word.
    case call(@Sendable () -> Void)
    /// Says nothing more until the other side hangs up.
    case silence
    case close
    /// Breaks the connection off: what was sent and not yet read is lost.
    case reset

    /// Only the head, as its lines say.
    package static func head(_ lines: String...) -> Action {
        .send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    }
}

extension [Action] {
    /// A proper answer.
    package static func answer(_ status: Int, _ headers: [String] = [], body: String = "") -> [Action] {
        let lines = ["HTTP/1.1 \(status) Status", "Content-Length: \(body.utf8.count)"] + headers
        return [.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)]
    }
}
