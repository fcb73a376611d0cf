package import Metrics

extension RegionError {
    /// The reason for which the home region is passed by.
    package var bypass: Counter.Bypass {
        switch self {
        case .leftAlone: .leftAlone
        case .crowded: .crowded
        case .connectionRefused: .connectionRefused
        case .unreachable: .unreachable
        case .timedOut: .timeout
        case .refused: .refused
        case .garbage: .garbage
        case .behind: .behind
        case .failed: .failed
        }
    }

    /// What became of an exchange that ended so.
    var exchangeResult: Counter.RegionExchangeResult {
        switch self {
        case .refused, .behind: .refused
        case .garbage: .garbage
        case .leftAlone, .crowded, .connectionRefused, .unreachable, .timedOut, .failed: .failed
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
