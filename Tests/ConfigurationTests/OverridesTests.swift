import Configuration
import Testing

/// What the command line and the environment say over the file.
struct OverridesTests {
    static let regions = "\(minimalAccount)\nregion: eu\nregions: { eu: {}, us: { workers: { processes: 5 } } }"

    struct RegionCase: CustomTestStringConvertible {
        let yaml: String
        let environment: String?
        let option: String?
        let expected: String
        var testDescription: String { "\(option ?? "-") over \(environment ?? "-"): \(expected)" }
    }

    @Test(arguments: [
        RegionCase(yaml: regions, environment: nil, option: nil, expected: "eu"),
        RegionCase(yaml: regions, environment: "us", option: nil, expected: "us"),
        RegionCase(yaml: regions, environment: "us", option: "eu", expected: "eu"),
        RegionCase(yaml: regions, environment: "", option: nil, expected: "eu"),
        RegionCase(yaml: minimalAccount, environment: nil, option: nil, expected: "local"),
        RegionCase(yaml: minimalAccount + "\nregion: eu", environment: nil, option: nil, expected: "eu"),
        RegionCase(yaml: minimalAccount, environment: nil, option: "ap", expected: "ap"),
        RegionCase(yaml: minimalAccount + "\nregions: { us: {} }", environment: nil, option: nil, expected: "us"),
    ])
    func theRegionIsChosen(_ item: RegionCase) throws {
        let environment = item.environment.map { ["APUS_REGION": $0] } ?? [:]
        let configuration = try parse(item.yaml, environment: environment, overrides: .init(region: item.option))
        #expect(configuration.region == item.expected)
        #expect(configuration.regions[item.expected] != nil)
    }

    @Test func anUnknownRegionIsReportedWhereItWasNamed() {
        #expect(
            problems(Self.regions, overrides: .init(region: "mars")) == [
                "--region: \"mars\" is no region; there is eu, us"
            ])
        #expect(
            problems(Self.regions, environment: ["APUS_REGION": "mars"])
                == ["APUS_REGION: \"mars\" is no region; there is eu, us"]
        )
    }

    @Test func anyRegionWillDoWhereNobodyNamesOneAndItDoesNotMatter() throws {
        let nobody = Self.regions.replacing("region: eu\n", with: "")
        #expect(problems(nobody) == ["region: required where there are several regions"])
        #expect(try parse(nobody, overrides: .init(takesAnyRegion: true)).region == "eu")
        #expect(try parse(Self.regions, overrides: .init(region: "us", takesAnyRegion: true)).region == "us")
        #expect(problems(nobody, overrides: .init(region: "mars", takesAnyRegion: true)).count == 1)
    }

    @Test func workersComeFromTheRegionThenTheOption() throws {
        #expect(try parse(Self.regions).workers.processes == 1)
        #expect(try parse(Self.regions, overrides: .init(region: "us")).workers.processes == 5)
        #expect(try parse(Self.regions, overrides: .init(region: "us", processes: 3)).workers.processes == 3)
        #expect(
            problems(Self.regions, overrides: .init(processes: 0))
                == ["--workers: has to be a whole number from 1 to 64, not \"0\""]
        )
    }

    @Test func theFileCountsMoreThanDefaultsOfTheOptions() throws {
        let overrides = Configuration.Overrides(region: "eu", defaultProcesses: 4, defaultRenders: 3)
        let eu = try parse(Self.regions, overrides: overrides).workers
        #expect(eu.processes == 4 && eu.renders == 3)
        let us = try parse(Self.regions, overrides: .init(region: "us", defaultProcesses: 4)).workers
        #expect(us.processes == 5 && us.renders == 0)
        let told = try parse(minimalAccount + "\nworkers: { renders: 2 }", overrides: .init(defaultRenders: 3)).workers
        #expect(told.renders == 2 && told.statedProcesses == nil)
        let both = Configuration.Overrides(region: "eu", processes: 2, defaultProcesses: 4)
        #expect(try parse(Self.regions, overrides: both).workers.processes == 2)
    }

    @Test func aDefaultOutOfRangeIsReported() {
        let overrides = Configuration.Overrides(
            defaultProcesses: 65, defaultRenders: -1, store: "/s", storeBytes: 9_999_999)
        #expect(
            problems(minimalAccount, overrides: overrides) == [
                "--default-workers: has to be a whole number from 1 to 64, not \"65\"",
                "--default-renders: has to be a whole number from 0 to 256, not \"-1\"",
                "--default-store-bytes: has to be a whole number from 10000000 to 1000000000000000, not \"9999999\"",
            ])
    }

    @Test func theStoreOfTheOptionHoldsWhatItSays() throws {
        let overrides = Configuration.Overrides(store: "/state/store", storeBytes: 20_000_000)
        let store = try parse(minimalAccount, overrides: overrides).store
        #expect(store == .disk(path: "/state/store", maxBytes: 20_000_000))
        let named = minimalAccount + "\nstore: { type: DISK, path: /data }"
        #expect(try parse(named, overrides: overrides).store == .disk(path: "/data"))
    }

    @Test func redisAndStoreAreUsedOnlyWhereTheFileNamesNone() throws {
        let overrides = Configuration.Overrides(redis: "unix:///run/own.sock", store: "/state/store")
        let bare = try parse(minimalAccount + "\nredis: { maxValueBytes: 1MB }", overrides: overrides)
        #expect(bare.redis?.server == .unix(path: "/run/own.sock") && bare.redis?.maxValueBytes == 1_000_000)
        #expect(bare.store == .disk(path: "/state/store"))
        let named = try parse(
            minimalAccount + "\nredis: { url: \"redis://cache\" }\nstore: { type: DISK, path: /data }",
            overrides: overrides
        )
        #expect(named.redis?.server == .tcp(.init(host: "cache", port: 6379)))
        #expect(named.store == .disk(path: "/data"))
    }

    @Test func aBadRedisOfTheOptionIsReportedWithoutItsText() {
        let found = problems(minimalAccount, overrides: .init(redis: "http://:hunter2@x"))
        #expect(found.count == 1 && found[0].hasPrefix("--redis: has to be a URL") && !found[0].contains("hunter2"))
    }
}
