/// A query taken apart into its signature and everything else, byte for byte as received.
struct SignedQuery {
    /// The query without `ik-t` and `ik-s`; `nil` when nothing else was there.
    let rest: [UInt8]?
    /// The value of `ik-s`.
    let signature: [UInt8]?
    /// The value of `ik-t`.
    let expiry: [UInt8]?
    /// Either parameter stands there twice.
    let isAmbiguous: Bool

    /// Names are compared exactly: other cases and percent-encoded spellings are other parameters.
    init(_ query: String?) {
        var kept: [ArraySlice<UInt8>] = []
        var signatures: [ArraySlice<UInt8>] = []
        var expiries: [ArraySlice<UInt8>] = []
        let bytes = query.map { Array($0.utf8) }
        for parameter in bytes?.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false) ?? [] {
            if let value = Self.value(of: "ik-s", in: parameter) {
                signatures.append(value)
            } else if let value = Self.value(of: "ik-t", in: parameter) {
                expiries.append(value)
            } else {
                kept.append(parameter)
            }
        }
        rest = kept.isEmpty ? nil : Array(kept.joined(separator: CollectionOfOne(UInt8(ascii: "&"))))
        signature = signatures.first.map(Array.init)
        expiry = expiries.first.map(Array.init)
        isAmbiguous = signatures.count > 1 || expiries.count > 1
    }

    /// A parameter without `=` has an empty value.
    private static func value(of name: String, in parameter: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard parameter.starts(with: name.utf8) else { return nil }
        let after = parameter.dropFirst(name.utf8.count)
        guard let separator = after.first else { return after }
        return separator == UInt8(ascii: "=") ? after.dropFirst() : nil
    }
}
