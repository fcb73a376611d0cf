package import S3
package import Transfer

/// Why an origin did not give an original; the codes of `ik-error`.
package enum OriginError: Error, Equatable, Sendable {
    /// There is no object of that name.
    case notFound
    /// `reason`: the service's own word for it, where it has one; for the owner, never for clients.
    case forbidden(reason: String? = nil, by: Gate = .object)
    case refused
    case timedOut(TransferStage)
    /// The original is larger than `limit` bytes.
    case tooLarge(limit: Int)
    case unidentified(Fault)
    /// As many as may ask this origin at a time are doing so; it was not asked.
    case crowded

    /// Who says that something is forbidden.
    package enum Gate: Equatable, Sendable {
        /// Whoever has the object.
        case object
        /// The origin's token service: what we sign in with is refused.
        case tokenService
        /// Whoever has the object: what we sign requests with is refused.
        case credentials
    }

    /// What lies behind `UNIDENTIFIED`.
    package enum Fault: Equatable, Sendable {
        /// A status that is neither success nor one with a code of its own. `retryAfter`: for how many seconds the
        /// origin does not want to be asked, where it says so with 429 or 503; `reason`: the service's own word for it,
        /// for the owner.
        case status(Int, retryAfter: Int? = nil, reason: String? = nil)
        /// The body came in a content coding that was not asked for.
        case contentCoding
        /// Another part came than was asked for.
        case otherRange
        case transfer(TransferError)
        /// A web proxy was asked for something that is no absolute http or https URL.
        case notAnAbsoluteURL
        /// The folder itself is not there, such as a volume that is not mounted.
        case folderMissing
        /// The bucket or container itself is not there.
        case bucketMissing
        /// The origin's token service has answered with something that is no token, or is not there.
        case noToken
        /// The role of the machine has lent no credentials to ask the bucket with.
        case noCredentials(CredentialProblem)
        /// The file changed while it was read.
        case changedWhileRead
        /// A system call failed with this `errno`.
        case system(Int32)
    }

    /// The code for `ik-error`, which is also its label in metrics.
    package var code: String {
        switch self {
        case .notFound: "ENOENT"
        case .forbidden: "EACCES"
        case .refused: "ECONNREFUSED"
        case .timedOut: "ETIMEDOUT"
        case .tooLarge: "ELIMIT"
        case .unidentified: "UNIDENTIFIED"
        case .crowded: "EAGAIN"
        }
    }

    /// One sentence for the answer: helps the owner and tells a stranger no path, host or address.
    package var message: String {
        switch self {
        case .notFound: "No file was found at the origin."
        case .forbidden: "The origin does not allow the file to be read."
        case .refused: "The origin refused the connection."
        case .timedOut(let stage): stage.message
        case .tooLarge(let limit): "The original is larger than the limit of \(limit) bytes."
        case .unidentified(let fault): fault.message
        case .crowded: "Too many requests are waiting for the origin."
        }
    }
}

extension OriginError {
    /// What the owner may know besides: for logs, never for answers.
    package var detail: String {
        switch self {
        case .unidentified(.transfer(let error)): "\(self) (\(error))"
        case .unidentified(.noCredentials(let problem)): "\(self) (\(problem))"
        case .forbidden(let reason?, _), .unidentified(.status(_, _, let reason?)): "\(self) (\(reason))"
        default: "\(self)"
        }
    }
}

extension OriginError: CustomStringConvertible {
    package var description: String { "\(code) - \(message)" }
}

extension OriginError {
    /// The error of a transfer in the terms of origins.
    package init(_ error: TransferError) {
        self =
            switch error {
            case .refused: .refused
            case .timedOut(let stage): .timedOut(stage)
            case .tooLarge(let limit): .tooLarge(limit: limit)
            default: .unidentified(.transfer(error))
            }
    }
}

extension TransferStage {
    fileprivate var message: String {
        switch self {
        case .connect: "The origin did not accept a connection in time."
        case .firstByte: "The origin did not answer in time."
        case .stall: "The origin stopped sending."
        case .total: "The origin did not send the whole file in time."
        }
    }
}

extension OriginError.Fault {
    fileprivate var message: String {
        switch self {
        case .status(let status, _, _): "The origin answered with status \(status)."
        case .contentCoding: "The origin sent a content coding that was not asked for."
        case .otherRange: "The origin sent another part of the file than it was asked for."
        case .transfer(let error): error.message
        case .notAnAbsoluteURL: "The path is not an absolute http or https URL."
        case .folderMissing: "The origin's folder is not available."
        case .bucketMissing: "The origin's bucket is not available."
        case .noToken: "The origin's token service gave no access token."
        case .noCredentials: "There are no credentials to ask the origin with."
        case .changedWhileRead: "The file changed while it was read."
        case .system: "The original could not be read."
        }
    }
}

extension TransferError {
    /// A name that is unknown and one whose address is not allowed read the same, so that nobody can map a network by
    /// asking.
    fileprivate var message: String {
        switch self {
        case .tls: "A secure connection to the origin failed."
        case .truncated: "The origin closed the connection early."
        case .protocolError, .headerTooLarge: "The origin's answer is not usable HTTP."
        case .tooManyRedirects(let limit): "The origin redirected more than \(limit) times."
        case .redirectForbidden: "The origin redirected to something that is not followed."
        case .badURL: "The URL of the original is not usable."
        case .portForbidden(let port): "Port \(port) is not allowed."
        default: "The origin could not be reached."
        }
    }
}
