extension Metrics {
    /// All metrics in Prometheus' text format, whose media type is `PrometheusText.contentType`; always in the same
    /// order, those that are 0 too.
    package func text() -> String {
        var text = PrometheusText()
        if !isShared {
            text.comment(
                "One worker process alone: the file that all of the host share is not available.")
        }
        for declaration in Declaration.table where !(declaration.needsRegions && regions.isEmpty) {
            append(declaration, to: &text)
        }
        return text.text
    }

    private func append(_ declaration: Declaration, to text: inout PrometheusText) {
        let name = declaration.name
        switch declaration.kind {
        case .counter(let series):
            text.begin(name, .counter, help: declaration.help)
            for one in series { text.sample(name, one.labels, "\(cells[one.cell])") }
        case .gauge(let cell):
            text.begin(name, .gauge, help: declaration.help)
            text.sample(name, [], "\(cells[cell])")
        case .gauges(let series):
            text.begin(name, .gauge, help: declaration.help)
            for one in series { text.sample(name, one.labels, "\(cells[one.cell])") }
        case .regions(let gauge):
            text.begin(name, .gauge, help: declaration.help)
            for (place, region) in regions.enumerated() {
                let value = value(of: .region(gauge, place: place))
                text.sample(name, [.init(name: "region", value: region)], "\(value)")
            }
        case .histogram(let histogram):
            text.begin(name, .histogram, help: declaration.help)
            append(histogram, name, to: &text)
        }
    }

    /// Buckets in the format count all that is below them too; the last one, `+Inf`, is the number of observations.
    private func append(_ histogram: Histogram, _ name: String, to text: inout PrometheusText) {
        var count: UInt64 = 0
        let bounds = Histogram.bounds.map { PrometheusText.seconds(ofNanoseconds: $0) } + ["+Inf"]
        for (index, bound) in bounds.enumerated() {
            count &+= cells[histogram.cell(ofBucket: index)]
            text.sample(name + "_bucket", [.init(name: "le", value: bound)], "\(count)")
        }
        text.sample(name + "_sum", [], PrometheusText.seconds(ofNanoseconds: cells[histogram.sumCell]))
        text.sample(name + "_count", [], "\(count)")
    }

    /// Says which cell is which: programs with the same hash may share a file. The samples have all names, labels and
    /// bounds in the order of their cells; the help texts are left out, since better words are no other table.
    static func tableHash(regions: [String]) -> UInt64 {
        fnv(Metrics(regions: regions).text().split(separator: "\n").filter { !$0.hasPrefix("#") }.joined())
    }

    /// FNV-1a, 64 bits: the same in every process, which `Hasher` is not.
    private static func fnv(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }
}
