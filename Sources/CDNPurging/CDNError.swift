package import S3
package import Transfer

/// Why a CDN did not do what it was asked.
package enum CDNError: Error, Equatable, Sendable {
    /// There was no answer.
    case transfer(TransferError)
    /// There is nothing to sign with.
    case noCredentials(S3Error)
    /// It does not know who asks, or he may not.
    case forbidden(status: Int, code: String)
    /// It has too much to do; for how many seconds it does not want to be asked, where it says so.
    case throttled(retryAfter: Int?)
    /// It cannot answer just now; `retryAfter` as above.
    case failed(status: Int, retryAfter: Int?)
    /// It does not do this, whoever asks when.
    case refused(status: Int, code: String)
    /// What came is not what it sends.
    case malformed
}

extension CDNError {
    /// An answer that is no success.
    ///
    /// - Parameter code: the CDN's own word for it; may be empty.
    init(status: Int, code: String = "", retryAfter: Int?) {
        switch (status, code) {
        case (_, "TooManyInvalidationsInProgress"), (_, "Throttling"), (_, "ThrottlingException"), (429, _):
            self = .throttled(retryAfter: retryAfter)
        case (401, _), (403, _): self = .forbidden(status: status, code: code)
        case (408, _), (500..., _): self = .failed(status: status, retryAfter: retryAfter)
        default: self = .refused(status: status, code: code)
        }
    }

    /// For how many seconds it does not want to be asked.
    var retryAfter: Int? {
        switch self {
        case .throttled(let seconds), .failed(_, let seconds): seconds
        default: nil
        }
    }
}

extension CDNError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .transfer(let error): error.description
        case .noCredentials(let error): error.description
        case .forbidden(let status, let code): "the credentials are refused (\(Self.answer(status, code)))"
        case .throttled: "it has too much to do"
        case .failed(let status, _): "it answered \(status)"
        case .refused(let status, let code): "it answered \(Self.answer(status, code))"
        case .malformed: "its answer is not what it sends"
        }
    }

    private static func answer(_ status: Int, _ code: String) -> String {
        code.isEmpty ? "\(status)" : "\(status) \(code.prefix(100))"
    }
}
