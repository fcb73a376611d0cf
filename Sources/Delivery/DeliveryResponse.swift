package import Memory
import Metrics

/// One answer, complete.
package struct DeliveryResponse: Sendable {
    package let status: Int
    /// In the order of writing. Values are printable ASCII.
    package private(set) var headers: [(name: String, value: String)]
    package let body: any Blob
    /// Comes after `body`, which is empty but in answers to other regions, while it is read from its origin.
    package private(set) var file: PassingFile?
    /// Where the bytes came from; for metrics.
    var tier = Counter.AnswerTier.nothing

    package init(
        status: Int, headers: [(String, String)] = [], body: any Blob = [UInt8](), file: PassingFile? = nil
    ) {
        self.status = status
        self.headers = []
        self.body = body
        self.file = file
        for (name, value) in headers { add(name, value) }
    }

    /// Bytes of the value that could end a header line, or are none of HTTP's (RFC 9110 §5.5), become spaces.
    mutating func add(_ name: String, _ value: String) {
        let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        let clean =
            isClean ? value : String(decoding: value.utf8.map { $0 >= 0x20 && $0 < 0x7F ? $0 : 0x20 }, as: UTF8.self)
        headers.append((name, clean))
    }

    /// The first value under that name; names are compared as written.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}
