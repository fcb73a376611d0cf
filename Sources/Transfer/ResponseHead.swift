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

/// What the caller wants of the body, once it has seen the head.
package enum BodyDecision: Sendable {
    /// Every byte.
    case receive
    /// Nothing. A short body is read all the same, to keep the connection.
    case skip
}

/// A response whose body, if wanted, has been handed over completely.
package struct TransferResponse: Sendable {
    package let head: ResponseHead
    /// Bytes of the body that were handed over.
    package let bodyCount: Int
    /// Where it came from in the end.
    package let url: TransferURL
}
