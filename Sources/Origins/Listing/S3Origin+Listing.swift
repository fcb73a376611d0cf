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
            let paths = keys.lazy.compactMap { Self.decoded($0).map { OriginPath(name: $0) } }
            return paths.first { $0.staysInside && keys.contains($0.encoded) }
        }
    }

    private static func decoded(_ key: String) -> [UInt8]? {
        var decoded: [UInt8] = []
        var rest = Array(key.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy(\.isLetterOrDigit),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            decoded.append(value)
            rest = rest.dropFirst(2)
        }
        return decoded
    }
}
