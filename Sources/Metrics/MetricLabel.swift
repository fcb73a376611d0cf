/// The values of one label. Each is a time series of its own, so there are few of them and none comes from outside.
///
/// The raw value is the text in Prometheus. The order of the cases is the order of the text and of the cells.
package protocol MetricLabel: CaseIterable, Hashable, RawRepresentable<String>, Sendable
where AllCases == [Self] {
    /// The label's name.
    static var label: String { get }
}

extension MetricLabel {
    /// The place among all cases.
    var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
