/// What Prometheus is told of a metric, and the cells of its series.
package struct Declaration: Sendable {
    enum Kind {
        case counter([Series])
        case gauge(cell: Int)
        /// A gauge for each value of a label.
        case gauges([Series])
        /// A gauge for each other region.
        case regions(RegionGauge)
        case histogram(Histogram)
    }

    struct Series {
        let labels: [PrometheusText.Label]
        let cell: Int
    }

    package let name: String
    let help: String
    let kind: Kind
    /// Whether it says nothing where there are no other regions; it is left out then.
    var needsRegions = false

    /// A counter without labels.
    static func counter(_ name: String, _ help: String, _ counter: Counter) -> Declaration {
        Declaration(name: name, help: help, kind: .counter([Series(labels: [], cell: counter.cell)]))
    }

    /// A series for each value of the label.
    static func counter<One: MetricLabel>(
        _ name: String, _ help: String, _ counter: (One) -> Counter
    ) -> Declaration {
        let series = One.allCases.map { one in Series(labels: [one.pair], cell: counter(one).cell) }
        return Declaration(name: name, help: help, kind: .counter(series))
    }

    /// A series for each pair of the two labels' values.
    static func counter<One: MetricLabel, Two: MetricLabel>(
        _ name: String, _ help: String, _ counter: (One, Two) -> Counter
    ) -> Declaration {
        let series = One.allCases.flatMap { one in
            Two.allCases.map { two in Series(labels: [one.pair, two.pair], cell: counter(one, two).cell) }
        }
        return Declaration(name: name, help: help, kind: .counter(series))
    }

    static func gauge(
        _ name: String, _ help: String, _ gauge: Gauge, needsRegions: Bool = false
    ) -> Declaration {
        Declaration(name: name, help: help, kind: .gauge(cell: gauge.cell), needsRegions: needsRegions)
    }

    /// A gauge for each value of the label.
    static func gauge<One: MetricLabel>(
        _ name: String, _ help: String, _ gauge: (One) -> Gauge
    ) -> Declaration {
        let series = One.allCases.map { one in Series(labels: [one.pair], cell: gauge(one).cell) }
        return Declaration(name: name, help: help, kind: .gauges(series))
    }

    static func gauge(_ name: String, _ help: String, _ gauge: RegionGauge) -> Declaration {
        Declaration(name: name, help: help, kind: .regions(gauge), needsRegions: true)
    }

    static func histogram(_ name: String, _ help: String, _ histogram: Histogram) -> Declaration {
        Declaration(name: name, help: help, kind: .histogram(histogram))
    }

    /// All cells that the metric uses.
    package var cells: [Int] {
        switch kind {
        case .counter(let series), .gauges(let series): series.map(\.cell)
        case .gauge(let cell): [cell]
        case .regions(let gauge): Array(gauge.metric.cells)
        case .histogram(let histogram): [histogram.sumCell] + Histogram.buckets.map { histogram.cell(ofBucket: $0) }
        }
    }
}

extension MetricLabel {
    fileprivate var pair: PrometheusText.Label { .init(name: Self.label, value: rawValue) }
}
