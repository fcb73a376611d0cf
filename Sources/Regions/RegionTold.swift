/// What a region has told, other than a client's answer.
package struct RegionTold: Sendable, Hashable {
    package let fields: RegionFields
    /// As it was at that moment.
    package let clockOffset: ClockOffset

    package init(_ fields: RegionFields, clockOffset: ClockOffset) {
        self.fields = fields
        self.clockOffset = clockOffset
    }
}
