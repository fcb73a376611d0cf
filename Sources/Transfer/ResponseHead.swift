/// Status and header fields of a response.
package struct ResponseHead: Sendable, Equatable {
    /// 200...999; heads of 1xx are passed over.
    package let status: Int
    /// In the order received.
    package let headers: [HeaderField]

    package init(status: Int, headers: [HeaderField]) {
        self.status = status
        self.headers = headers
    }

    /// The first value of a field; `name` in lower case.
    package subscript(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The values of all fields of that name joined by commas (RFC 9110 §5.3), `nil` if there is none.
    package func joined(_ name: String) -> String? {
        let values = headers.filter { $0.name == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// What it says of the length of its body, as long as chunks do not tell the end (RFC 9112 §6.3).
    var contentLength: Int? {
        guard self["transfer-encoding"] == nil else { return nil }
        return self["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Whether everybody finds the same end of its body: with one length, and no transfer coding but chunks. Any other
    /// nobody has asked for, and libcurl would decode it, however much it becomes.
    var isFramedClearly: Bool {
        let lengths = headers.filter { $0.name == "content-length" }.map(\.value)
        let coding = joined("transfer-encoding")?.lowercased() ?? "chunked"
        return lengths.allSatisfy { $0 == lengths.first } && (coding == "chunked" || coding == "identity")
    }

    /// Whether such a response never has a body, whatever its `Content-Length` says (RFC 9110 §6.4.1).
    var isBodyless: Bool { status == 204 || status == 304 }

    /// Where a redirect leads, if this is one that a GET follows (RFC 9110 §15.4).
    var redirectLocation: String? {
        switch status {
        case 301, 302, 303, 307, 308: self["location"]
        default: nil
        }
    }
}
