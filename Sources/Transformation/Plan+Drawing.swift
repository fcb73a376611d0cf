extension Plan {
    /// Whether an SVG goes out as one whatever its size is, and whichever way the steps go, where its URL endpoint keeps
    /// drawings: nothing is drawn then, so that its pixels do not count.
    package var keepsDrawing: Bool {
        let isPlain = stages.allSatisfy { if case .step = $0 { true } else { false } }
        guard isPlain, (page ?? 1) == 1 else { return false }
        switch output.format {
        case .auto, .source, .fixed(.svg): return true
        case .fixed: return false
        }
    }
}
