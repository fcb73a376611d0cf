package import Deadlines
import Transfer

extension S3Client {
    /// What one answer lists at most (S3 API, ListObjectsV2).
    private static let pageKeys = 1000
    private static let pageBytes = 8 * 1024 * 1024
    /// Servers may list less in an answer than was asked for, but not without end.
    private static let mostPages = 1000

    /// The keys that begin with `prefix`, in the order of their bytes; all keys are without the bucket's own prefix.
    ///
    /// - Parameters:
    ///   - start: only keys after this one.
    ///   - maximum: how many at most.
    ///
    /// Throws `.malformed` for an answer that is not a listing.
    package func listObjects(
        prefix: String, startAfter start: String? = nil, maximum: Int, until deadline: Deadline
    ) throws(S3Error) -> [String] {
        var keys: [String] = []
        var token: String?
        for _ in 0..<Self.mostPages {
            guard keys.count < maximum else { return keys }
            var query = [
                (name: "list-type", value: "2"), (name: "encoding-type", value: "url"),
                (name: "prefix", value: bucket.prefix + prefix),
                (name: "max-keys", value: String(min(Self.pageKeys, maximum - keys.count))),
            ]
            if let token {
                query.append((name: "continuation-token", value: token))
            } else if let start {
                query.append((name: "start-after", value: bucket.prefix + start))
            }
            let page = try ListPage(document(query, until: deadline), prefix: bucket.prefix)
            keys += page.keys.prefix(maximum - keys.count)
            guard let next = page.nextToken else { return keys }
            token = next
        }
        throw .malformed
    }

    private func document(
        _ query: [(name: String, value: String)], until deadline: Deadline
    ) throws(S3Error) -> [UInt8] {
        let call = Call(method: .get, key: nil, query: query, limit: Self.pageBytes)
        var bytes: [UInt8] = []
        try Self.read(send(call, until: deadline), limit: call.limit) { piece in
            piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
        return bytes
    }
}

/// One answer to ListObjectsV2.
package struct ListPage: Equatable, Sendable {
    /// Without the bucket's prefix.
    package let keys: [String]
    /// Leads to the next page, if there is one.
    package let nextToken: String?

    /// Throws `.malformed`.
    package init(_ bytes: [UInt8], prefix: String) throws(S3Error) {
        guard let document = XMLDocument(bytes), let isTruncated = document["ListBucketResult/IsTruncated"] else {
            throw .malformed
        }
        let isEncoded = document["ListBucketResult/EncodingType"] == "url"
        var keys: [String] = []
        for leaf in document.leaves where leaf.path == "ListBucketResult/Contents/Key" {
            // By bytes: to Swift, texts that Unicode calls equivalent are equal.
            guard let key = isEncoded ? formDecoded(leaf.text) : leaf.text, key.utf8.starts(with: prefix.utf8) else {
                throw .malformed
            }
            keys.append(String(Substring(key.utf8.dropFirst(prefix.utf8.count))))
        }
        self.keys = keys
        nextToken = isTruncated == "true" ? document["ListBucketResult/NextContinuationToken"] : nil
        guard nextToken != nil || isTruncated == "false" else { throw .malformed }
    }
}
