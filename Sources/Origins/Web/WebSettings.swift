package import Transfer

/// What all web origins have in common.
package struct WebSettings: Sendable {
    package let client: TransferClient
    package let timeouts: OriginTimeouts
    /// Judges every host that the owner has not named.
    package let strangers: AddressPolicy
    /// Redirects that are followed to reach one original.
    package let redirects: Int
    /// The value of `x-req-from`, by which an origin's firewall can know us.
    package let requestSource: String
    /// The value of `Via`, by which an installation knows a request of its own and ends a loop (RFC 9110 §7.6.3).
    package let via: String

    package init(
        client: TransferClient, timeouts: OriginTimeouts = OriginTimeouts(),
        strangers: AddressPolicy = .publicOnly(allowed: []), redirects: Int = 3, requestSource: String = "imagekit",
        via: String = "1.1 apus"
    ) {
        self.client = client
        self.timeouts = timeouts
        self.strangers = strangers
        self.redirects = redirects
        self.requestSource = requestSource
        self.via = via
    }

    /// A request for `url` with our limits and headers.
    func request(
        _ url: TransferURL, purpose: String, policy: AddressPolicy
    ) -> TransferRequest {
        var limits = TransferLimits(
            connect: timeouts.connect, firstByte: timeouts.firstByte, stall: timeouts.stall, bodyBytes: .max
        )
        limits.redirects = redirects
        var request = TransferRequest(
            purpose: purpose, url: url, policy: policy, redirectPolicy: strangers, limits: limits
        )
        request.headers = headers
        return request
    }

    /// What every request to an origin carries.
    var headers: [HeaderField] { [HeaderField("x-req-from", requestSource), HeaderField("Via", via)] }
}
