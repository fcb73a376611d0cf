package import Metrics

extension RegionError {
    /// The reason for which the home region is passed by.
    package var bypass: Counter.Bypass {
        switch self {
        case .leftAlone: .leftAlone
        case .crowded: .crowded
        case .unaskable: .unaskable
        case .connectionRefused: .connectionRefused
        case .unreachable: .unreachable
        case .timedOut: .timeout
        case .refused(.behind): .behind
        case .refused, .otherClock: .refused
        case .garbage: .garbage
        case .failed: .failed
        }
    }

    /// What became of an exchange that ended so.
    var exchangeResult: Counter.RegionExchangeResult {
        switch self {
        case .refused, .otherClock: .refused
        case .garbage: .garbage
        case .leftAlone, .crowded, .unaskable, .connectionRefused, .unreachable, .timedOut, .failed: .failed
        }
    }
}

extension RegionRefusal {
    /// What became of the request that was refused so.
    package var requestResult: Counter.RegionRequestResult {
        switch self {
        case .malformed: .malformed
        case .signature: .signature
        case .misrouted: .misrouted
        case .unknown: .unknown
        case .loop: .loop
        case .clock: .clock
        case .replay: .replay
        case .form: .form
        case .notHome: .notHome
        case .behind: .behind
        case .busy: .busy
        }
    }
}

extension RegionReply {
    var result: Counter.RegionResult {
        switch self {
        case .entry: .entry
        case .unchanged: .unchanged
        case .file: .file
        case .fault: .fault
        }
    }
}
