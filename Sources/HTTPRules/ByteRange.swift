/// A part of some bytes: `first` to `last`, both counted (RFC 9110 §14.1.2).
package struct ByteRange: Sendable, Hashable {
    package let first: Int
    /// At least `first`.
    package let last: Int

    /// `nil` unless 0 ≤ `first` ≤ `last`, and their number fits.
    package init?(first: Int, last: Int) {
        guard first >= 0, first <= last, last < .max else { return nil }
        self.first = first
        self.last = last
    }

    /// How many bytes it is.
    package var count: Int { last - first + 1 }
}

extension ByteRange: CustomStringConvertible {
    /// As `Range` and `Content-Range` have it, without a unit.
    package var description: String { "\(first)-\(last)" }
}

/// The one part that a client asks for with `Range`; several are answered with the whole (RFC 9110 §14.2 allows it), as
/// is what cannot be read.
package enum RangeRequest: Sendable, Hashable {
    /// From there to the end, or to that byte.
    case from(Int, through: Int?)
    /// So many bytes at the end.
    case last(Int)

    /// Reads the value of `Range`.
    package init?(_ text: String) {
        let unit = "bytes="
        guard text.utf8.count <= 64, text.lowercased().hasPrefix(unit) else { return nil }
        var rest = text.utf8.dropFirst(unit.utf8.count)
        rest.trimSpaces()
        let range = Substring(rest)
        guard let dash = range.firstIndex(of: "-") else { return nil }
        let (start, end) = (range[..<dash], range[range.index(after: dash)...])
        if start.isEmpty {
            guard let count = Self.number(end) else { return nil }
            self = .last(count)
        } else {
            guard let first = Self.number(start) else { return nil }
            guard !end.isEmpty else {
                self = .from(first, through: nil)
                return
            }
            guard let last = Self.number(end), last >= first else { return nil }
            self = .from(first, through: last)
        }
    }

    /// The bytes that it means of so many; `nil`: none, which is answered 416.
    package func resolved(of length: Int) -> ByteRange? {
        switch self {
        case .from(let first, let last): ByteRange(first: first, last: min(last ?? .max, length - 1))
        case .last(let count): count > 0 ? ByteRange(first: max(0, length - count), last: length - 1) : nil
        }
    }

    /// Digits only; what is too large for a number is more than there is.
    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text) ?? .max - 1
    }
}

/// What a server says of the part that it sends (RFC 9110 §14.4).
package struct ContentRange: Sendable, Hashable {
    package let range: ByteRange
    /// Bytes of the whole; `nil` where the server does not know.
    package let total: Int?

    package init(_ range: ByteRange, of total: Int?) {
        self.range = range
        self.total = total
    }

    /// Reads the value of `Content-Range`; `nil` if that is no part of anything.
    package init?(_ text: String) {
        let unit = "bytes "
        guard text.utf8.count <= 128, text.lowercased().hasPrefix(unit) else { return nil }
        let parts = text.dropFirst(unit.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]),
            let range = ByteRange(first: first, last: last)
        else { return nil }
        if parts[1] == "*" {
            self.init(range, of: nil)
        } else {
            guard let total = Self.number(parts[1]), range.last < total else { return nil }
            self.init(range, of: total)
        }
    }

    /// Digits only.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }
}

extension ContentRange: CustomStringConvertible {
    package var description: String { "bytes \(range)/\(total.map(String.init) ?? "*")" }
}
