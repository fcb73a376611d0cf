extension Int {
    /// Seconds as RFC 9111 §1.2.2 has them: digits alone. What is more than a cache can count is
    /// `CacheControl.longestAge`; `nil` for anything else.
    init?(deltaSeconds text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        self = Swift.min(Int(text) ?? CacheControl.longestAge, CacheControl.longestAge)
    }
}
