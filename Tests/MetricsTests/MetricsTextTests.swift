import Metrics
import Testing

@Suite struct MetricsTextTests {
    @Test func sameOrderWhateverWasCounted() throws {
        let (one, other) = (Metrics(), Metrics())
        other.add(.workerStarts)
        other.add(.answers(.success, .store))
        let names = try [one, other].map { try Exposition($0.text()).families.map(\.name) }
        #expect(names[0] == names[1])
    }

    @Test func saysWhenItIsOneProcessAlone() throws {
        #expect(try Exposition(Metrics().text()).comments.count == 1)
        let folder = try Folder()
        #expect(try Exposition(Metrics(sharedIn: folder.path).text()).comments.isEmpty)
    }

    @Test func bucketsHoldWhatIsNotLonger() throws {
        let metrics = Metrics()
        let observed: [Duration] = [
            .zero, .seconds(-1), .nanoseconds(500_000), .nanoseconds(500_001), .milliseconds(10), .seconds(20),
            .nanoseconds(20_000_000_001),
        ]
        for duration in observed { metrics.observe(.requestSeconds, duration) }
        let after = try Exposition(metrics.text())
        let family = try #require(after.families.first { $0.name == "apus_request_duration_seconds" })
        let buckets = family.samples.filter { $0.name.hasSuffix("_bucket") }
        #expect(
            buckets.map { $0.labels[0][1] } == [
                "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "1", "5", "20", "+Inf",
            ])
        #expect(buckets.map(\.value) == ["3", "4", "4", "4", "5", "5", "5", "5", "5", "5", "5", "6", "7"])
        #expect(after["apus_request_duration_seconds_sum"] == "40.011000002")
        #expect(after["apus_request_duration_seconds_count"] == "7")
        #expect(after["apus_render_duration_seconds_count"] == "0")
    }

    @Test func hugeAndNegativeAmountsDoNotTrap() throws {
        let metrics = Metrics()
        metrics.add(.evictedBytes, .min)
        metrics.set(.storeBytes, .min)
        #expect(metrics.count(of: .evictedBytes) == 0)
        #expect(metrics.value(of: .storeBytes) == 0)
        for _ in 0..<4 { metrics.add(.evictedBytes, .max) }
        for _ in 0..<6 { metrics.observe(.renderSeconds, .seconds(Int64.max)) }
        let after = try Exposition(metrics.text())
        #expect(after[#"apus_render_duration_seconds_bucket{le="20"}"#] == "0")
        #expect(after["apus_render_duration_seconds_count"] == "6")
    }

    @Test(
        arguments: [
            (0, "0"), (1, "0.000000001"), (500_000, "0.0005"), (1_000_000_000, "1"), (10_000_000_000, "10"),
            (1_200_000_000, "1.2"), (UInt64.max, "18446744073.709551615"),
        ] as [(UInt64, String)])
    func secondsAreExact(_ nanoseconds: UInt64, _ expected: String) {
        #expect(PrometheusText.seconds(ofNanoseconds: nanoseconds) == expected)
    }

    @Test func oddTextIsEscaped() throws {
        let odd = "a \"b\" \\ c\r\nd\n}, é"
        var text = PrometheusText()
        text.comment("two\nlines")
        text.begin("x", .counter, help: odd)
        text.sample("x", [.init(name: "one", value: odd), .init(name: "two", value: "\\n")], "1")
        #expect(text.text.contains("# HELP x a \"b\" \\\\ c\r\\nd\\n}, é\n"))
        let exposition = try Exposition(text.text)
        #expect(exposition.comments == ["two\\nlines"])
        #expect(exposition.families.first?.samples.first?.labels == [["one", odd], ["two", "\\n"]])
    }

    @Test(arguments: [
        "x 1\n", "# HELP x h\nx 1\n", "# HELP x h\n# TYPE x counter\ny 1\n",
        "# HELP x h\n# TYPE x counter\nx 1\nx 2\n", "# HELP x h\n# TYPE x counter\nx 1",
        "# HELP x h\n# TYPE x counter\nx{a=\"b} 1\n", "# HELP x h\n# TYPE x counter\nx{a=\"b\" 1\n",
        "# HELP x h\n# TYPE x counter\nx{a=\"\\q\"} 1\n", "# HELP x h\n# TYPE x counter\nx one\n",
        "# HELP x h\n# TYPE x counter\n# HELP x h\n", "# HELP x h\n# TYPE x thing\nx 1\n",
    ])
    func theReaderOfTheseTestsIsStrict(_ text: String) {
        #expect(throws: Exposition.Malformed.self) { try Exposition(text) }
    }
}
