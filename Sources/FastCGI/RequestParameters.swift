import Glibc

/// The parameters and the body of one request, as nginx sends them (`nginx/` lists them). Copies: they outlive the
/// request.
package struct RequestParameters: Sendable {
    private let entries: [(name: String, value: String)]

    /// The bytes that `CONTENT_LENGTH` announces, at most 65,536; empty if that parameter is absent, as it is wherever
    /// nginx passes no body on, and if they were more.
    package private(set) var body: [UInt8] = []
    /// There were more than 65,536 bytes of body, or their number cannot be read; they are lost.
    package private(set) var bodyIsTooLong = false

    /// Parameters beyond this number are dropped; nginx sends fewer than twenty.
    static let limit = 64
    private static let usualCount = 16

    init(environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        var entries: [(name: String, value: String)] = []
        entries.reserveCapacity(Self.usualCount)
        var next = environment
        while let entry = next?.pointee, entries.count < Self.limit {
            let bytes = UnsafeRawBufferPointer(start: entry, count: strlen(entry))
            if let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
                let (name, value) = (bytes[..<equals], bytes[(equals + 1)...])
                entries.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
            next = next?.advanced(by: 1)
        }
        self.entries = entries
    }

    mutating func take(_ body: RequestBody) {
        self.body = body.bytes
        bodyIsTooLong = body.isTooLong
    }

    /// The parameter's text; `nil` where it is absent or empty, which FastCGI does not tell apart (CGI, RFC 3875 §4.1).
    package subscript(name: String) -> String? {
        guard let entry = entries.first(where: { $0.name == name }), !entry.value.isEmpty else { return nil }
        return entry.value
    }
}
