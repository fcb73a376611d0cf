/// One request: what is asked where, with which headers, within which limits.
package struct TransferRequest: Sendable {
    /// Who asks, such as an origin's id: connections are never shared across purposes.
    package var purpose: String
    package var method = TransferMethod.get
    package var url: TransferURL
    /// Judges the addresses of `url`'s own host and port, also after a redirect that stays there.
    package var policy: AddressPolicy
    /// Whether a GET or HEAD goes on to where a redirect leads; otherwise, and with every other method, the redirect is
    /// the answer.
    package var followsRedirects = true
    /// Judges the addresses of every other host that a redirect leads to.
    package var redirectPolicy: AddressPolicy
    /// Sent on every hop, after `standardHeaders`.
    package var headers: [HeaderField] = []
    /// Sent only to `url`'s own host, port and scheme: credentials, another `Host`.
    package var boundHeaders: [HeaderField] = []
    package var limits: TransferLimits

    package init(
        purpose: String, url: TransferURL, policy: AddressPolicy, redirectPolicy: AddressPolicy, limits: TransferLimits
    ) {
        self.purpose = purpose
        self.url = url
        self.policy = policy
        self.redirectPolicy = redirectPolicy
        self.limits = limits
    }

    /// On every request: no content coding, because sizes are limited as they arrive.
    package static let standardHeaders = [
        HeaderField("Accept-Encoding", "identity"),
        HeaderField("User-Agent", "Apus"),
    ]
}
