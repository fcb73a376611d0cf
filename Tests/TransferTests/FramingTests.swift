import Deadlines
import HostileOrigin
import Testing
import Transfer

@Suite("The end of a body")
struct FramingTests {
    private let client = TransferClient()

    struct Head: CustomTestStringConvertible {
        let fields: [String]
        let body: String
        /// `nil`: the server is not believed.
        let text: String?
        var length: Int?
        var testDescription: String { fields.joined(separator: ", ") }
    }

    private static let chunks = "5\r\nabcde\r\n0\r\n\r\n"

    /// RFC 9112 §6.3.
    @Test(
        "Is where all who read it find it, or nowhere",
        arguments: [
            Head(fields: ["Content-Length: 3"], body: "abc", text: "abc", length: 3),
            Head(fields: ["Content-Length: 3", "Content-Length: 3"], body: "abc", text: "abc", length: 3),
            Head(fields: ["Content-Length: 3", "Content-Length: 5"], body: "abcde", text: nil),
            Head(fields: ["Content-Length: -3"], body: "abc", text: nil),
            Head(fields: ["Content-Length: 99999999999999999999"], body: "abc", text: "abc"),
            Head(fields: ["Content-Length: 3", "Transfer-Encoding: chunked"], body: chunks, text: "abcde"),
            Head(fields: ["Transfer-Encoding: Chunked", "Content-Length: 3"], body: chunks, text: "abcde"),
            Head(fields: ["Transfer-Encoding: identity"], body: "abc", text: "abc"),
            // libcurl would decode these, also what becomes a thousand times longer by it.
            Head(fields: ["Transfer-Encoding: gzip, chunked"], body: chunks, text: nil),
            Head(fields: ["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], body: chunks, text: nil),
            Head(fields: ["Transfer-Encoding: deflate"], body: "abc", text: nil),
            Head(fields: ["Transfer-Encoding: chunked, chunked"], body: chunks, text: nil),
        ])
    func end(item: Head) throws {
        let head = (["HTTP/1.1 200 OK"] + item.fields).joined(separator: "\r\n") + "\r\n\r\n"
        try HostileOrigin.serve { _ in
            [.send(head + item.body), .close]
        } _: { origin in
            guard let text = item.text else {
                #expect(throws: TransferError.protocolError) { try client.receive(request(origin.url)) }
                return
            }
            let stream = try client.open(request(origin.url), deadline: Deadline(in: .seconds(30)))
            #expect(stream.announcedLength == item.length)
            var body = ""
            while try stream.read({ piece in
                body += piece.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            }) {}
            #expect(body == text)
        }
    }

    @Test("Is the end also after a failure: what came with it is gone")
    func afterFailure() throws {
        let isOpen = Monitor(false)
        try HostileOrigin.serve { _ in
            let wait = Action.call { _ = isOpen.wait(until: Deadline(in: .seconds(30))) { $0 ? true : nil } }
            return [.head("HTTP/1.1 200 OK", "Content-Length: 9"), wait, .send("abc"), .close]
        } _: { origin in
            let stream = try client.open(request(origin.url), deadline: Deadline(in: .seconds(30)))
            isOpen.update { $0 = true }
            #expect(throws: TransferError.truncated) { while try stream.read({ _ in }) {} }
            #expect(try !stream.read { _ in })
            stream.close()
            #expect(client.idleCount == 0)
        }
    }
}
