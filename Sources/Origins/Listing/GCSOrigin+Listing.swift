package import Deadlines
import S3

/// Google's XML API, "GET Bucket (List Objects)".
extension GCSOrigin: ListingOrigin {
    package func anyObject(until deadline: Deadline) throws(OriginError) -> OriginPath? {
        let query = "max-keys=\(Listing.names)&prefix=\(percentEncoded(prefix.text))"
        let transfer = try settings.bucketRequest("\(bucketURL)?\(query)", purpose: id)
        let listing = try Listing.read { (request) throws(OriginError) in
            try fetch.open(transfer, request, deadline: deadline, refusal: Self.meaning)
        }
        let keys = XMLDocument(listing)?.leaves.filter { $0.path == "ListBucketResult/Contents/Key" }.map(\.text)
        return Listing.path(Listing.names(keys ?? [], below: prefix))
    }
}
