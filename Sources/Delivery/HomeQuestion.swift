import Caching
import Regions

/// What the home region is asked for one request: just that, so that it is read there as it would be here.
///
/// A reference, because orders are copied and few of them have one.
final class HomeQuestion: Sendable {
    let region: String
    let client: ClientRequest

    /// `nil` where the home is here, and for what another region asks: whoever is asked by a region asks no other, so that
    /// no request goes round, whatever the configurations say.
    init?(_ request: DeliveryRequest, _ home: Home) {
        guard !home.isHere, !request.isFromRegion else { return nil }
        region = home.region
        client = ClientRequest(request)
    }
}

extension Order {
    /// Whether it only goes through here: nothing of it may be kept or looked at.
    var isRelayed: Bool { home != nil && route.home.keepsResidency }

    /// Under which the others of this region know who is at it. One who works for another region, because both are taken
    /// for the home, does not wait for one who asks that region.
    var flightName: String { home == nil && !route.home.isHere ? key.leaseName + ":for-region" : key.leaseName }
}

extension ClientRequest {
    fileprivate init(_ request: DeliveryRequest) {
        self.init(host: request.host, path: request.path, query: request.query)
        (accept, widthHint, pixelRatioHint) = (request.accept, request.widthHint, request.pixelRatioHint)
        (range, ifRange) = (request.range, request.ifRange)
    }
}

extension DeliveryRequest {
    /// What a client has asked in another region, as if it had come here.
    ///
    /// - Parameter request: by which that region has asked.
    init(_ question: RegionQuestion, in request: DeliveryRequest) {
        let client = question.client
        self.init(
            path: client.path, query: client.query, host: client.host, remoteAddress: request.remoteAddress,
            accept: client.accept, id: request.id, arrival: request.arrival)
        (widthHint, pixelRatioHint) = (client.widthHint, client.pixelRatioHint)
        (range, ifRange) = (client.range, client.ifRange)
        (isFromRegion, askedAt) = (true, question.askedAt)
    }
}
