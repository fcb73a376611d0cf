package import Deadlines
import S3
import Transfer

/// Azure, "List Blobs". The signature has to allow it (`sp` with `l`, on the container).
extension AzureBlobOrigin: ListingOrigin {
    package func anyObject(until deadline: Deadline) throws(OriginError) -> OriginPath? {
        let query = "&restype=container&comp=list&maxresults=\(Listing.names)&prefix=\(percentEncoded(prefix.text))"
        let transfer = try settings.bucketRequest(containerURL + signature.value + query, purpose: id)
        let listing = try Listing.read { (request) throws(OriginError) in
            try WebFetch(client: settings.client, originID: id)
                .open(transfer, request, deadline: deadline) { Self.meaning(of: $0.head) }
        }
        let leaves = XMLDocument(listing)?.leaves ?? []
        let names = leaves.filter { $0.path == "EnumerationResults/Blobs/Blob/Name" }.map(\.text)
        return Listing.path(Listing.names(names, below: prefix))
    }
}
