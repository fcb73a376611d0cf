import Metrics
import Testing

/// The table: what people's dashboards rely on.
@Suite struct MetricTableTests {
    private let exposition: Exposition

    init() throws {
        exposition = try Exposition(Metrics(regions: ["us"]).text())
    }

    @Test func everyMetricHasOneRowAndCellsOfItsOwn() {
        let rows = Declaration.table
        #expect(rows.count == Metric.allCases.count)
        #expect(Set(rows.map(\.name)).count == rows.count)
        for metric in Metric.allCases {
            let own = rows.filter { row in row.cells.contains { metric.cells.contains($0) } }
            #expect(own.count == 1, "\(metric)")
            #expect(own.flatMap(\.cells).allSatisfy { metric.cells.contains($0) }, "\(metric)")
        }
        let all = rows.flatMap(\.cells)
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { (0..<Metric.allCells).contains($0) })
    }

    /// https://prometheus.io/docs/practices/naming/
    @Test func namesFollowTheConventions() {
        for family in exposition.families {
            #expect(family.name.hasPrefix("apus_"))
            #expect(family.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "_") }, "\(family.name)")
            #expect(family.name.hasSuffix("_total") == (family.kind == "counter"), "\(family.name)")
            #expect(family.kind != "histogram" || family.name.hasSuffix("_seconds"), "\(family.name)")
            #expect(family.help.hasSuffix("."), "\(family.name)")
            #expect(!family.samples.isEmpty)
        }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let counter: Counter
        let series: String
        var testDescription: String { series }

        init(_ counter: Counter, _ series: String) {
            self.counter = counter
            self.series = series
        }
    }

    @Test(arguments: [
        Case(.answers(.success, .redis), #"apus_answers_total{status="2xx",tier="redis"}"#),
        Case(.answers(.serverError, .nothing), #"apus_answers_total{status="5xx",tier="none"}"#),
        Case(.shedRequests, "apus_shed_requests_total"),
        Case(.staleAnswers, "apus_stale_answers_total"),
        Case(.coalesced(.original, .region), #"apus_coalesced_requests_total{what="original",scope="region"}"#),
        Case(.lookups(.redis, .hit), #"apus_cache_lookups_total{tier="redis",result="hit"}"#),
        Case(.lookups(.store, .unavailable), #"apus_cache_lookups_total{tier="store",result="unavailable"}"#),
        Case(.entries(.redis, .tooLarge), #"apus_cache_entries_total{tier="redis",result="too_large"}"#),
        Case(.redisErrors(.protocol), #"apus_redis_errors_total{kind="protocol"}"#),
        Case(.redisBreakerOpenings, "apus_redis_breaker_openings_total"),
        Case(.storeErrors(.readOnly), #"apus_store_errors_total{kind="read_only"}"#),
        Case(.evictions, "apus_store_evictions_total"),
        Case(.evictedBytes, "apus_store_evicted_bytes_total"),
        Case(.purges(.refused), #"apus_purges_total{result="refused"}"#),
        Case(.originRequests(.notFound), #"apus_origin_requests_total{result="ENOENT"}"#),
        Case(.originRequests(.init(code: "EAGAIN")), #"apus_origin_requests_total{result="EAGAIN"}"#),
        Case(.originRequests(.init(code: "")), #"apus_origin_requests_total{result="UNIDENTIFIED"}"#),
        Case(.originBreakerOpenings, "apus_origin_breaker_openings_total"),
        Case(.refreshes(.heldOff), #"apus_background_refreshes_total{result="held_off"}"#),
        Case(.savedOriginals, "apus_saved_originals_total"),
        Case(.renders(.noneFree), #"apus_renders_total{result="none_free"}"#),
        Case(.workerStarts, "apus_worker_starts_total"),
        Case(.regionQuestions(.unanswered), #"apus_region_questions_total{result="unanswered"}"#),
        Case(.bypasses(.leftAlone), #"apus_region_bypasses_total{reason="left_alone"}"#),
        Case(.regionRequests(.notHome), #"apus_region_requests_total{result="not-home"}"#),
        Case(.regionExchanges(.notAdopted), #"apus_region_exchanges_total{result="not_adopted"}"#),
        Case(.adoptedRules, "apus_region_adopted_rules_total"),
    ])
    func aCounterIsItsSeriesAlone(_ test: Case) throws {
        let metrics = Metrics()
        metrics.add(test.counter, 41)
        metrics.add(test.counter)
        #expect(metrics.count(of: test.counter) == 42)
        let after = try Exposition(metrics.text())
        #expect(after[test.series] == "42")
        let samples = after.families.flatMap(\.samples)
        #expect(samples.filter { $0.value != "0" }.count == 1)
    }

    @Test(arguments: [
        (Gauge.storeBytes, "apus_store_bytes"), (.storeLimitBytes, "apus_store_limit_bytes"),
        (.purgeRules, "apus_purge_rules"), (.regionConfirmed, "apus_region_confirmed"),
    ])
    func aGaugeIsWhatWasSetLast(_ gauge: Gauge, _ series: String) throws {
        let metrics = Metrics(regions: ["us"])
        for value in [7, Int.max, 3] { metrics.set(gauge, value) }
        #expect(metrics.value(of: gauge) == 3)
        let after = try Exposition(metrics.text())
        #expect(after[series] == "3")
        #expect(after.families.flatMap(\.samples).filter { $0.value != "0" }.count == 1)
    }

    @Test(arguments: RegionGauge.allCases)
    func aGaugeOfRegionsHasOneSeriesForEach(_ gauge: RegionGauge) throws {
        let metrics = Metrics(regions: ["us", "eu"])
        #expect(metrics.regions == ["eu", "us"])
        metrics.set(.region(gauge, place: 0), 7)
        metrics.set(.region(gauge, place: 1), 8)
        let samples = try Exposition(metrics.text()).families.flatMap(\.samples).filter { $0.value != "0" }
        #expect(samples.map(\.labels) == [[["region", "eu"]], [["region", "us"]]])
        #expect(samples.map(\.value) == ["7", "8"])
        #expect(metrics.value(of: .region(gauge, place: 1)) == 8)
    }

    @Test func withoutOtherRegionsNothingIsToldOfThem() {
        #expect(!Metrics().text().contains("region=\""))
        #expect(!Metrics().text().contains("apus_region_confirmed"))
    }

    @Test func moreRegionsThanThereArePlacesForAreLeftOut() throws {
        let metrics = Metrics(regions: (100..<200).map { "r\($0)" })
        #expect(metrics.regions == (100..<132).map { "r\($0)" })
        metrics.set(.region(.up, place: 32), 1)
        metrics.set(.region(.up, place: -1), 1)
        #expect(metrics.value(of: .region(.heardSeconds, place: 0)) == 0)
        _ = try Exposition(metrics.text())
    }

    @Test(arguments: [
        (199, Counter.StatusClass.serverError), (200, .success), (299, .success), (304, .redirection),
        (404, .clientError), (499, .clientError), (503, .serverError), (600, .serverError), (.min, .serverError),
    ])
    func statusesHaveAClass(_ status: Int, _ expected: Counter.StatusClass) {
        #expect(Counter.StatusClass(status) == expected)
    }
}
