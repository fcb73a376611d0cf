/// What a request's signature is worth.
package enum SignatureVerdict: Sendable, Equatable {
    /// The URL carries none.
    case absent
    /// Made with one of the keys; `expiry` in Unix seconds, `nil` when it never expires.
    case valid(expiry: Int64?)
    /// Wrong, malformed, incomplete or given twice.
    case invalid
    /// Made with one of the keys, but its time is over.
    case expired
}
