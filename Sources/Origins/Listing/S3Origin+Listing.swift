package import Deadlines
import S3

extension S3Origin: ListingOrigin {
    package func anyObject(until deadline: Deadline) throws(OriginError) -> OriginPath? {
        let keys: [String]
        do throws(S3Error) {
            keys = try bucket.listObjects(prefix: "", maximum: Listing.names, until: deadline)
        } catch {
            throw OriginError(error)
        }
        switch spelling {
        case .plain: return Listing.path(keys)
        // Only what is spelled as we would.
        case .percentEncoded:
            let paths = keys.lazy.compactMap { percentDecoded($0).map { OriginPath(name: $0) } }
            return paths.first { $0.staysInside && keys.contains($0.encoded) }
        }
    }
}
