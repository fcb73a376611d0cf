internal import Crypto
import Digests
package import Transfer

/// AWS Signature Version 4 in the `Authorization` header (IAM User Guide, "Create a signed AWS API request"; S3 API,
/// "Signature Calculations for the Authorization Header"). Pure. As S3 wants it: the path is signed as it is sent, with
/// no second encoding and no normalising.
package struct SignatureV4: Sendable {
    private let credentials: S3Credentials
    private let region: String
    private let service: String

    package init(credentials: S3Credentials, region: String, service: String = "s3") {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// What is signed of a request.
    package struct Message: Sendable {
        let method: String
        /// Percent-encoded, as sent.
        let path: String
        /// Canonical, as sent.
        let query: String
        /// All of them are signed; `host` and `x-amz-date` have to be among them.
        let headers: [HeaderField]
        let payload: PayloadDigest

        package init(method: String, path: String, query: String, headers: [HeaderField], payload: PayloadDigest) {
            self.method = method
            self.path = path
            self.query = query
            self.headers = headers
            self.payload = payload
        }
    }

    /// The value of `Authorization`; `time` is that of `x-amz-date`.
    package func authorization(for message: Message, at time: SigningTime) -> String {
        let fields = Self.canonical(message.headers)
        let names = fields.map(\.name).joined(separator: ";")
        let request = [
            message.method, message.path, message.query, fields.map { "\($0.name):\($0.value)\n" }.joined(), names,
            message.payload.hexadecimal,
        ].joined(separator: "\n")
        let scope = "\(time.day)/\(region)/\(service)/aws4_request"
        let digest = hexadecimal(SHA256.hash(data: Array(request.utf8)))
        let text = ["AWS4-HMAC-SHA256", time.text, scope, digest].joined(separator: "\n")
        let signature = hexadecimal(Self.code(text, key: key(for: time)))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), "
            + "Signature=\(signature)"
    }

    /// Names and values of a query as they are both signed and sent.
    package static func canonicalQuery(_ items: [(name: String, value: String)]) -> String {
        items.map { (percentEncoded($0.name), percentEncoded($0.value)) }
            .sorted { $0 < $1 }
            .map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    private static func canonical(_ headers: [HeaderField]) -> [HeaderField] {
        var values: [String: [String]] = [:]
        for header in headers {
            let words = header.value.split { $0 == " " || $0 == "\t" }
            values[header.name.lowercased(), default: []].append(words.joined(separator: " "))
        }
        return values.map { HeaderField($0.key, $0.value.joined(separator: ",")) }.sorted { $0.name < $1.name }
    }

    /// The key that only this day, region and service know.
    private func key(for time: SigningTime) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretKey)".utf8))
        for text in [time.day, region, service, "aws4_request"] { key = SymmetricKey(data: Self.code(text, key: key)) }
        return key
    }

    private static func code(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }
}
