package import Deadlines
import JSONReading

/// Akeneo's REST API, "Get a list of product media files".
extension AkeneoOrigin: ListingOrigin {
    package func anyObject(until deadline: Deadline) throws(OriginError) -> OriginPath? {
        let url = "\(base)/api/rest/v1/media-files?limit=\(Listing.names)"
        let transfer = try settings.namedRequest(url, purpose: id)
        let listing = try Listing.read { (request) throws(OriginError) in
            try fetch.open(transfer, request, deadline: deadline)
        }
        return Listing.path(Self.codes(in: listing).map { "media-files/" + $0 })
    }

    private static func codes(in listing: [UInt8]) -> [String] {
        guard case .object(let page)? = JSON(listing), case .object(let embedded)? = page["_embedded"],
            case .array(let items)? = embedded["items"]
        else { return [] }
        return items.compactMap { item in
            guard case .object(let file) = item, case .string(let code)? = file["code"] else { return nil }
            return code
        }
    }
}
