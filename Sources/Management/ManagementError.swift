import Purging

/// Why a call is not carried out. Texts that clients may compare are those of the platform reference §8.
enum ManagementError: Error, Equatable, Sendable {
    /// No private key came with the call.
    case noKey
    /// It is nobody's key.
    case wrongKey
    case noSuchResource
    /// - Parameter allowed: the value of `Allow`.
    case methodNotAllowed(allowed: String)
    case bodyTooLong
    /// The body is no JSON object.
    case notJSON
    /// A field is there, and no text.
    case notText(field: String)
    /// What to purge has to be named by one field: there is none, or more than one.
    case notOneTarget
    /// The URL is none, or belongs to no account of the key.
    case badURL
    case badTag
    case noSuchOrigin
    /// The call names an account that the key does not open.
    case noSuchAccount
    /// Several accounts have the key, and nothing says which is meant.
    case accountNeeded
    /// No purge of that id, or it is too old to be known.
    case noSuchPurge
    /// The log of purges cannot be written now.
    case notRecorded(PurgeError)

    var status: Int {
        switch self {
        case .noKey: 401
        case .wrongKey: 403
        case .noSuchResource: 404
        case .methodNotAllowed: 405
        case .bodyTooLong: 413
        case .notRecorded: 503
        case .notJSON, .notText, .notOneTarget, .badURL, .badTag, .noSuchOrigin, .noSuchAccount, .accountNeeded,
            .noSuchPurge:
            400
        }
    }

    /// What the client reads.
    var message: String {
        switch self {
        case .noKey: "Your request does not contain private API key."
        case .wrongKey: "Your account cannot be authenticated."
        case .noSuchResource: "There is no such resource in this API."
        case .methodNotAllowed: "The method is not allowed here."
        case .bodyTooLong: "The request body is too large."
        case .notJSON: "The request body is not a JSON object."
        case .notText(let field): "The field \(field) is not a string."
        case .notOneTarget: "The request body must name what to purge by exactly one of url, tag and origin."
        case .badURL: "The URL is not valid for cache purging."
        case .badTag: "The tag is not valid for cache purging."
        case .noSuchOrigin: "The account has no such origin."
        case .noSuchAccount: "The private API key is not that of the named account."
        case .accountNeeded: "Several accounts have this private API key: the request body must name the account."
        case .noSuchPurge: "No request found for this requestId."
        case .notRecorded: "The purge cannot be recorded now."
        }
    }
}
