package import Deadlines
import S3
import Transfer

/// Originals in a container of Azure Blob Storage, read with a shared access signature (type `AZURE_BLOB`).
///
/// The signature stands in the URL that is asked for and nowhere else; what it allows it says itself.
package struct AzureBlobOrigin: Origin {
    package let id: String
    let containerURL: String
    let prefix: ObjectKey.Prefix
    let signature: Hidden<String>
    let settings: WebSettings

    /// - Parameters:
    ///   - accountName: the storage account: 1…63 letters, digits and `-`.
    ///   - container: 1…63 letters, digits and `-`; or `$root`, `$web`.
    ///   - sasToken: `?` and a query as Azure hands it out, percent-encoded; sent as it is.
    ///   - prefix: before every blob's name; slashes at its ends make no difference.
    ///   - endpoint: the account's blob service, without query, in place of `https://ACCOUNT.blob.core.windows.net`. The
    ///     container is the first segment below it: where the account is a segment, too, it belongs to the endpoint.
    ///
    /// Throws `.accountName`, `.container`, `.sasToken`, `.endpoint`.
    package init(
        id: String, accountName: String, container: String, sasToken: String, prefix: String = "",
        endpoint: String? = nil, settings: WebSettings
    ) throws(OriginSettingsError) {
        guard Self.isName(accountName) else { throw .accountName }
        guard Self.isName(container) || ["$root", "$web"].contains(container) else { throw .container }
        guard Self.isSignature(sasToken) else { throw .sasToken }
        let server = try TransferURL(endpoint ?? "https://\(accountName).blob.core.windows.net", of: .endpoint)
        self.id = id
        containerURL = "\(server.base)/\(percentEncoded(container))"
        self.prefix = ObjectKey.Prefix(prefix)
        signature = Hidden(sasToken)
        self.settings = settings
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        guard let key = ObjectKey(request.path, below: prefix) else { throw .notFound }
        let transfer = try settings.bucketRequest("\(containerURL)/\(key.encoded)\(signature.value)", purpose: id)
        return try WebFetch(client: settings.client, originID: id)
            .open(transfer, request, deadline: deadline) { Self.meaning(of: $0.head) }
    }

    /// Of a refusal: more than its status tells (Azure, "Blob Storage error codes").
    static func meaning(of head: ResponseHead) -> OriginError? {
        guard let code = head["x-ms-error-code"].flatMap({ ServiceWord.plain($0) }) else { return nil }
        return switch (head.status, code) {
        case (_, "ContainerNotFound"): .unidentified(.bucketMissing)
        case (_, "AuthenticationFailed"): .forbidden(reason: code, by: .credentials)
        case (_, "PublicAccessNotPermitted"), (401, _), (403, _): .forbidden(reason: code)
        // Its `Retry-After` counts.
        case (404, _), (410, _), (429, _), (503, _): nil
        case (let status, let code): .unidentified(.status(status, reason: code))
        }
    }

    private static func isName(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
    }

    /// A fragment would be cut off, and everything else that has no place in a URL be refused with every request.
    private static func isSignature(_ text: String) -> Bool {
        text.hasPrefix("?") && (2...4000).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }
    }
}
