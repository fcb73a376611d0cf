extension Duration {
    /// In whole seconds, rounded up.
    var wholeSecondsUp: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
