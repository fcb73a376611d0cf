import JSONReading

/// The answer to one call, complete.
package struct ManagementResponse: Sendable {
    package let status: Int
    /// In the order of writing.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// The first value under that name; names are compared as written.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

extension ManagementResponse {
    /// An answer with a JSON body.
    init(
        status: Int, _ fields: [(name: String, value: String)], to request: ManagementRequest,
        adding more: [(String, String)] = []
    ) {
        let body = JSON.text(fields)
        self.init(
            status: status,
            headers: [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", "\(body.count)")]
                + Self.common(request) + more,
            body: body)
    }

    init(_ error: ManagementError, to request: ManagementRequest) {
        var more: [(String, String)] = []
        switch error {
        case .methodNotAllowed(let allowed): more.append(("Allow", allowed))
        case .noKey: more.append(("WWW-Authenticate", "Basic realm=\"Apus\""))
        case .notRecorded: more.append(("Retry-After", "1"))
        default: break
        }
        self.init(
            status: error.status, [("message", error.message), ("help", "The README of Apus describes its HTTP API.")],
            to: request, adding: more)
    }

    /// The answer to a CORS preflight (Fetch standard §3.2), and to any other OPTIONS.
    init(optionsOf resource: Resource, to request: ManagementRequest) {
        self.init(
            status: 204,
            headers: [
                ("Allow", resource.methods), ("Access-Control-Allow-Methods", resource.methods),
                // The wildcard does not cover this one header.
                ("Access-Control-Allow-Headers", "Authorization, *"), ("Access-Control-Max-Age", "86400"),
            ] + Self.common(request),
            body: [])
    }

    /// The headers of every answer (platform reference §8.0), and that nobody may keep it.
    private static func common(_ request: ManagementRequest) -> [(name: String, value: String)] {
        [
            ("Cache-Control", "no-store"), ("X-Accel-Expires", "0"), ("X-Content-Type-Options", "nosniff"),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Expose-Headers", "x-ik-requestid, x-request-id"),
            ("x-server", "Apus"), ("x-ik-requestid", request.id), ("x-request-id", request.id),
        ]
    }
}
