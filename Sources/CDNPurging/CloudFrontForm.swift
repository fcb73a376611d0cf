import Digests
import S3

/// What CloudFront's API reads and writes (CloudFront API reference, version 2020-05-31): pure.
package enum CloudFrontForm {
    package static let contentType = "application/xml"
    /// The most paths with a wildcard that may be in progress at a time.
    package static let mostPaths = 15

    /// The path of a distribution's invalidations, or of one of them.
    package static func path(of distribution: String, invalidation: String? = nil) -> String {
        let all = "/2020-05-31/distribution/\(distribution)/invalidation"
        return invalidation.map { "\(all)/\($0)" } ?? all
    }

    /// The body of CreateInvalidation.
    package static func body(paths: [String], reference: String) -> String {
        let items = paths.map { "<Path>\(escaped($0))</Path>" }.joined()
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
            + "<InvalidationBatch xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">"
            + "<Paths><Quantity>\(paths.count)</Quantity><Items>\(items)</Items></Paths>"
            + "<CallerReference>\(escaped(reference))</CallerReference></InvalidationBatch>"
    }

    /// The same for the same tellings and paths, whoever asks: with a reference that it knows, CloudFront begins nothing.
    package static func reference(of tellings: [String], paths: [String]) -> String {
        if tellings.count == 1, let telling = tellings.first { return "apus-\(telling)-\(digest(paths))" }
        return "apus-\(digest(tellings.sorted()))-\(digest(paths))"
    }

    private static func digest(_ texts: [String]) -> String {
        var builder = DigestBuilder("invalidation")
        builder.add(texts)
        return String(builder.finish().hex.prefix(16))
    }

    /// What CreateInvalidation and GetInvalidation answer; `nil` for anything else.
    package static func progress(_ answer: [UInt8]) -> CDNProgress? {
        guard let document = XMLDocument(answer), let id = document["Invalidation/Id"], isID(id),
            let status = document["Invalidation/Status"]
        else { return nil }
        return status.lowercased() == "completed" ? .done : .underWay(id)
    }

    /// The code of an error document; empty where there is none.
    package static func code(_ answer: [UInt8]) -> String {
        let document = XMLDocument(answer)
        return document?["ErrorResponse/Error/Code"] ?? document?["Error/Code"] ?? ""
    }

    private static func isID(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && text.utf8.allSatisfy(\.isLetterOrDigit)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }
}
