import Deadlines
import Transfer

// What a failure says about the origin as a whole: that it is away, that it is there, or nothing.

extension OriginError {
    /// - Parameter isRushed: whether the deadline left the origin less time than it is due.
    func outcome(isRushed: Bool) -> Breaker.Outcome {
        switch self {
        case .refused: .failed
        case .timedOut(.total): isRushed ? .abandoned : .failed
        // Each has had the whole time of its stage.
        case .timedOut(.connect), .timedOut(.firstByte), .timedOut(.stall): .failed
        case .notFound, .forbidden, .tooLarge: .succeeded
        case .crowded: .abandoned
        case .unidentified(let fault): fault.outcome
        }
    }

    /// Whether a single object that is broken or slow to make may be the cause, while others of its origin are well.
    var isPerhapsOfOneObject: Bool {
        switch self {
        case .refused, .timedOut(.connect), .unidentified(.noToken), .unidentified(.noCredentials): false
        case .unidentified(.transfer(.nameNotFound)), .unidentified(.transfer(.unreachable)): false
        case .unidentified(.status(_, retryAfter: .some, _)): false
        default: true
        }
    }

    /// For how long the origin has asked to be left alone.
    var retryAfter: Duration? {
        guard case .unidentified(.status(_, let seconds?, _)) = self else { return nil }
        return .seconds(seconds)
    }
}

extension OriginError.Fault {
    fileprivate var outcome: Breaker.Outcome {
        switch self {
        case .status(502, _, _), .status(503, _, _), .status(504, _, _): .failed
        // "Too many requests" counts only where the server says what it wants.
        case .status(429, let retryAfter, _): retryAfter == nil ? .succeeded : .failed
        case .status, .contentCoding, .otherRange: .succeeded
        case .transfer(let error): error.outcome
        // Without one there is no object.
        case .noToken, .noCredentials: .failed
        case .notAnAbsoluteURL, .folderMissing, .bucketMissing, .changedWhileRead, .system: .abandoned
        }
    }
}

extension TransferError {
    fileprivate var outcome: Breaker.Outcome {
        switch self {
        case .refused, .unreachable, .nameNotFound, .timedOut, .tls, .truncated: .failed
        // Somebody has answered.
        case .tooLarge, .headerTooLarge, .protocolError, .tooManyRedirects, .redirectForbidden: .succeeded
        // Nobody was asked, or it is our own doing.
        default: .abandoned
        }
    }
}
