package import Deadlines
import S3
import Transfer

/// Originals in a bucket of Google Cloud Storage, read through its XML API as a service account (type `GCS`).
///
/// To an account that may read objects but not list them Google says of a missing object that it is forbidden.
package struct GCSOrigin: Origin {
    /// Google's own server.
    private static let server = "https://storage.googleapis.com"
    /// The longest error document that is read, in bytes.
    private static let documentBytes = 16 * 1024

    package let id: String
    let bucketURL: String
    let prefix: ObjectKey.Prefix
    let fetch: BearerFetch
    let settings: WebSettings

    /// - Parameters:
    ///   - bucket: 1…222 letters, digits, `.`, `-` and `_`.
    ///   - clientEmail: the service account.
    ///   - privateKey: its key in PEM form; RSA, at least 2,048 bits.
    ///   - prefix: before every object's name; slashes at its ends make no difference.
    ///   - endpoint: asked in place of Google's own server, without query; the bucket is the first segment below it.
    ///     Outside of `googleapis.com` access tokens are asked for at its `/token`, and if there is none, objects are
    ///     asked for without.
    ///   - now: Unix seconds; tests have their own.
    ///
    /// Throws `.bucket`, `.clientEmail`, `.privateKey`, `.endpoint`.
    package init(
        id: String, bucket: String, clientEmail: String, privateKey: String, prefix: String = "",
        endpoint: String? = nil, settings: WebSettings, now: @escaping @Sendable () -> Int64 = { WallClock.unixSeconds }
    ) throws(OriginSettingsError) {
        guard Self.isBucketName(bucket) else { throw .bucket }
        let account = try ServiceAccount(email: clientEmail, privateKey: privateKey)
        let server = try endpoint.map { (text) throws(OriginSettingsError) in try TransferURL(text, of: .endpoint) }
        let tokens = try GoogleTokens(account, endpoint: server, originID: id, settings: settings, now: now)
        self.id = id
        bucketURL = "\(server?.base ?? Self.server)/\(bucket)"
        self.prefix = ObjectKey.Prefix(prefix)
        fetch = BearerFetch(
            fetch: WebFetch(client: settings.client, originID: id),
            tokens: AccessTokens(now: now) { (_, deadline) throws(OriginError) in try tokens.make(until: deadline) })
        self.settings = settings
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        guard let key = ObjectKey(request.path, below: prefix) else { throw .notFound }
        let transfer = try settings.bucketRequest("\(bucketURL)/\(key.encoded)", purpose: id)
        return try fetch.open(transfer, request, deadline: deadline, refusal: Self.meaning)
    }

    /// Of a refusal: more than its status tells.
    static func meaning(of answer: TransferStream) -> OriginError? {
        let code = code(of: answer)
        return switch answer.head.status {
        case 404 where code == "NoSuchBucket": .unidentified(.bucketMissing)
        case 401, 403: .forbidden(reason: code.flatMap(ServiceWord.plain))
        default: nil
        }
    }

    /// The word of an error document.
    private static func code(of answer: TransferStream) -> String? {
        guard [401, 403, 404].contains(answer.head.status), let length = answer.announcedLength,
            length <= documentBytes
        else { return nil }
        var document: [UInt8] = []
        while document.count < length {
            let isMore = try? answer.read { piece in piece.withUnsafeBytes { document.append(contentsOf: $0) } }
            guard isMore == true else { break }
        }
        return XMLDocument(document)?["Error/Code"]
    }

    private static func isBucketName(_ text: String) -> Bool {
        (1...222).contains(text.utf8.count) && text.utf8.contains { $0 != UInt8(ascii: ".") }
            && text.utf8.allSatisfy { $0.isLetterOrDigit || "._-".utf8.contains($0) }
    }
}
