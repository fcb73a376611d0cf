import Configuration
import Deadlines
import Signing
import Transformation

/// What a request may do, by its signature.
struct Authorisation: Sendable, Equatable {
    /// Signed with one of the account's keys, and not expired.
    let isSigned: Bool
    /// Unix seconds after which the URL is worth nothing; `nil` if it does not expire.
    let expiry: Int64?

    /// Checks the signature if there is one, also where none is needed: a wrong one is never ignored.
    init(_ request: DeliveryRequest, route: Route) throws(DeliveryError) {
        let verdict = URLSignature.verify(
            path: request.path, query: request.query.isEmpty ? nil : request.query,
            cuts: Self.cuts(request.path, segments: route.consumedSegments),
            keys: route.account.privateKeys.map(\.value), now: request.askedAt ?? WallClock.unixSeconds)
        switch verdict {
        case .absent: (isSigned, expiry) = (false, nil)
        case .valid(let expiry): (isSigned, self.expiry) = (true, expiry)
        case .invalid: throw .unauthorised("The URL's signature is not valid.")
        case .expired: throw .unauthorised("The URL has expired.")
        }
    }

    /// The time that a request's URL gives for its end, whether it is signed or not; `nil` where it gives none.
    static func expiry(namedBy request: DeliveryRequest) -> Int64? {
        URLSignature.expiry(namedBy: request.query)
    }

    /// What an endpoint lets pass without a signature.
    func check(_ transformation: Transformation, at endpoint: URLEndpoint) throws(DeliveryError) {
        guard !isSigned else { return }
        switch endpoint.unsigned {
        case .allow: return
        case .named where transformation.isOnlyNamed: return
        case .named: throw .unauthorised("Without a signature only named transformations are allowed here.")
        case .deny: throw .unauthorised("A signature is required here.")
        }
    }

    /// Every beginning of the path that the signer may have taken for the URL endpoint, as received: signers know the
    /// account's address, with or without the prefix, or a custom host's (platform reference §4.1).
    static func cuts(_ path: String, segments: Int) -> [String] {
        guard segments > 0 else { return ["/"] }
        var cuts: [String] = []
        var slashes = 0
        for index in path.utf8.indices where path.utf8[index] == UInt8(ascii: "/") {
            if slashes > 0 { cuts.append(String(path[...index])) }
            slashes += 1
            if slashes > segments { break }
        }
        return cuts
    }
}
