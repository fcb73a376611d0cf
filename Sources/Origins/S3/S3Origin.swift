package import Deadlines
import Memory
package import S3
import Transfer

/// Originals in a bucket that speaks S3 (types `S3`, `S3_COMPATIBLE`, `CLOUDINARY_BACKUP`).
///
/// To credentials that may not list the bucket, Amazon says 403 for an object that is not there: that is `.forbidden`,
/// because nobody can tell it from an object that may not be read.
package struct S3Origin: Origin {
    /// How the bucket spells its keys.
    package enum KeySpelling: Sendable {
        /// As the path reads once it is percent-decoded.
        case plain
        /// As Cloudinary's backups have them: percent-encoded, but for slashes.
        case percentEncoded
    }

    package let id: String
    let bucket: S3Client
    let spelling: KeySpelling
    private let settings: WebSettings

    package init(id: String, bucket: S3Client, spelling: KeySpelling = .plain, settings: WebSettings) {
        self.id = id
        self.bucket = bucket
        self.spelling = spelling
        self.settings = settings
    }

    package func open(_ request: OriginRequest, deadline: Deadline) throws(OriginError) -> OriginAnswer {
        // The bucket puts its own prefix before it.
        guard let key = ObjectKey(request.path, below: ObjectKey.Prefix("")) else { throw .notFound }
        let name = spelling == .plain ? key.text : key.encoded
        return try OriginalQuestion(originID: id, request: request).ask { (headers) throws(OriginError) in
            do throws(S3Error) {
                return try bucket.openObject(name, headers: headers, unsigned: settings.headers, until: deadline)
            } catch {
                throw OriginError(error)
            }
        }
    }
}

extension OriginError {
    /// What a bucket says of the keys that a request is signed with, or of our clock, and not of the object.
    private static let badCredentials: Set<String> = [
        "ExpiredToken", "InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed",
        "TokenRefreshRequired", "InvalidSecurity",
    ]

    /// A bucket's error in the terms of origins.
    init(_ error: S3Error) {
        self =
            switch error {
            case .transfer(let error): OriginError(error)
            case .refused(_, "NoSuchBucket", _): .unidentified(.bucketMissing)
            case .refused(404, _, _), .badKey: .notFound
            // An object that lies in an archive is there, and cannot be read.
            case .refused(400, let code, _) where Self.badCredentials.contains(code),
                .refused(403, let code, _) where Self.badCredentials.contains(code):
                .forbidden(reason: code, by: .credentials)
            case .refused(401, let code, _), .refused(403, let code, _): .forbidden(reason: ServiceWord.plain(code))
            case .refused(let status, let code, let retryAfter):
                .unidentified(.status(status, retryAfter: retryAfter, reason: ServiceWord.plain(code)))
            case .tooLarge(let limit): .tooLarge(limit: limit)
            case .noCredentials(let problem): .unidentified(.noCredentials(problem))
            case .badBucket, .badRegion, .badEndpoint, .malformed: .unidentified(.bucketMissing)
            case .memory(let error): .unidentified(.system(error.errno))
            }
    }
}
