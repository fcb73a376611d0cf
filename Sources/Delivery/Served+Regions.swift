import Regions

// How good bytes are, as one region tells another.

extension Served.State {
    init(_ state: RegionAnswerHead.State) {
        self =
            switch state {
            case .fresh: .fresh
            case .revalidating: .revalidating
            case .stale: .stale
            case .passing: .passing
            }
    }
}

extension RegionAnswerHead.State {
    init(_ state: Served.State) {
        self =
            switch state {
            case .fresh: .fresh
            case .revalidating: .revalidating
            case .stale: .stale
            case .passing: .passing
            }
    }
}
