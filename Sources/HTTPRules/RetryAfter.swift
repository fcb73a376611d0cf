/// The header by which a server says when to ask again (RFC 9110 §10.2.3).
package enum RetryAfter {
    /// Seconds from `now` on, 0…`CacheControl.longestAge`; `nil` where the text is neither a number nor a date.
    package static func seconds(_ text: String, now: HTTPDate) -> Int? {
        if let seconds = Int(deltaSeconds: text) { return seconds }
        guard let date = HTTPDate(text, now: now) else { return nil }
        return Int(min(max(0, date.unixSeconds - now.unixSeconds), Int64(CacheControl.longestAge)))
    }
}
