package import Memory
package import Transfer

/// Why a bucket did not do what it was asked.
package enum S3Error: Error, Equatable, Sendable {
    /// Not a bucket's name.
    case badBucket
    /// Not a region's name.
    case badRegion
    /// Not an http or https URL without query, or none any more once the bucket's name stands before its host.
    case badEndpoint
    /// An empty key, or one longer than S3 allows.
    case badKey
    /// There is nothing to sign with.
    case noCredentials(CredentialProblem)
    /// There was no answer, or not all of it.
    case transfer(TransferError)
    /// The server has answered so; with the code of its error document, which is empty where there was none.
    /// `retryAfter`: for how many seconds it does not want to be asked, where it says so.
    case refused(status: Int, code: String, retryAfter: Int? = nil)
    /// The object is larger than the caller takes, in bytes.
    case tooLarge(limit: Int)
    /// What came is not what S3 sends.
    case malformed
    /// No shared memory for the object.
    case memory(SharedMemoryError)
}

extension S3Error: CustomStringConvertible {
    package var description: String {
        switch self {
        case .badBucket: "not a bucket's name"
        case .badRegion: "not a region's name"
        case .badEndpoint: "not a usable endpoint"
        case .badKey: "not a usable key"
        case .noCredentials(let problem): problem.description
        case .transfer(let error): error.description
        case .refused(let status, let code, _): "the bucket answered \(status) \(code)"
        case .tooLarge(let limit): "the object is larger than \(limit) bytes"
        case .malformed: "the answer is not S3's"
        case .memory(let error): error.description
        }
    }
}
