import Deadlines
import Digests

/// The first lines of every request of one region to another: from whom, to whom, when and which one.
package struct RegionEnvelope: Sendable, Hashable {
    package let from: String
    package let to: String
    /// Unix milliseconds by the receiver's clock, as far as the sender knows it.
    package let sentAt: Int64
    /// 32 lower-case hexadecimal digits that no other request has.
    package let nonce: String

    package init(from: String, to: String, sentAt: Int64, nonce: String) {
        self.from = from
        self.to = to
        self.sentAt = sentAt
        self.nonce = nonce
    }

    /// An envelope for something that is sent now.
    ///
    /// - Parameter clockOffset: of the receiver.
    package init(from: String, to: String, clockOffset: ClockOffset) {
        let ahead = clockOffset.ahead.wholeMilliseconds
        let now = WallClock.unixMilliseconds.addingReportingOverflow(ahead).partialValue
        var generator = SystemRandomNumberGenerator()
        let random = (0..<Self.nonceBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        self.init(from: from, to: to, sentAt: max(0, now), nonce: hexadecimal(random))
    }

    /// The version of the text.
    private static let version = "1"
    private static let names = ["apus-region", "from", "to", "time", "nonce"]
    private static let nonceBytes = 16

    package var fields: RegionFields {
        RegionFields(
            zip(Self.names, [Self.version, from, to, "\(sentAt)", nonce]).map { .init(name: $0, value: $1) })
    }

    /// Takes the envelope from the beginning of the fields of a request; `nil` if that is none.
    package init?(opening fields: inout RegionFields) {
        let values = fields.list.prefix(Self.names.count).map(\.value)
        guard fields.list.prefix(Self.names.count).map(\.name) == Self.names, values[0] == Self.version,
            let sentAt = RegionFields.number(values[3]), values[4].utf8.count == 2 * Self.nonceBytes,
            bytes(ofHexadecimal: values[4].utf8) != nil
        else { return nil }
        self.init(from: values[1], to: values[2], sentAt: sentAt, nonce: values[4])
        fields = RegionFields(fields.list.dropFirst(Self.names.count))
    }
}
