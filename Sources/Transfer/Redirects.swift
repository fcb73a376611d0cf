/// The way of one request through redirects: which URL is next, and under which policy. Pure.
struct Redirects {
    private let request: TransferRequest
    private(set) var url: TransferURL
    private var followed = 0
    private var hasLeft = false

    /// Throws `.portForbidden`.
    init(_ request: TransferRequest) throws(TransferError) {
        self.request = request
        url = request.url
        try checkPort()
    }

    /// A hop that stays on the request's own host and port is judged like the request, any other as given by a
    /// stranger; and so is one that comes back, since strangers have named its path.
    var policy: AddressPolicy { hasLeft ? request.redirectPolicy : request.policy }

    /// The headers for this hop.
    var headers: [HeaderField] {
        let isOwn = !hasLeft && url.scheme == request.url.scheme
        return TransferRequest.standardHeaders + request.headers + (isOwn ? request.boundHeaders : [])
    }

    /// Goes on to `location`, resolved against where we are.
    ///
    /// Throws `.tooManyRedirects`; `.redirectForbidden` for what is not http or https, or no longer https;
    /// `.portForbidden`.
    mutating func follow(_ location: String) throws(TransferError) {
        guard followed < request.limits.redirects else { throw .tooManyRedirects(limit: request.limits.redirects) }
        followed += 1
        let next: TransferURL
        do throws(TransferError) {
            next = try url.resolving(location)
        } catch {
            throw .redirectForbidden
        }
        guard next.scheme == .https || url.scheme == .http else { throw .redirectForbidden }
        url = next
        hasLeft = hasLeft || !next.isSameHost(as: request.url)
        try checkPort()
    }

    private func checkPort() throws(TransferError) {
        guard policy.allows(port: url.port) else { throw .portForbidden(url.port) }
    }
}
