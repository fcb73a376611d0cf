import Configuration
import Testing
import Transformation

/// The defaults of design §4.2.
struct DefaultsTests {
    @Test func aFileThatNamesOnlyAnAccountHoldsTheDefaults() throws {
        let configuration = try parse(minimalAccount)
        #expect(configuration.region == "local")
        #expect(configuration.regions.keys.sorted() == ["local"])
        #expect(configuration.regionSecrets.isEmpty)
        #expect(configuration.redis == nil)
        #expect(configuration.store == nil)
        let workers = configuration.workers
        #expect([workers.processes, workers.slots, workers.renders, workers.memoryBytes] == [1, 256, 0, 0])
        #expect(workers.statedProcesses == nil && workers.listen == nil)
        #expect(workers.hosts.isEmpty && workers.fronts.isEmpty)
        #expect(configuration.dns == nil)
        #expect(configuration.regions["local"]?.addresses == [] && configuration.regions["local"]?.location == nil)
        let cache = configuration.cache
        #expect([cache.maxAge, cache.errorAge, cache.edgeAge] == [.seconds(15_552_000), .seconds(60), .seconds(10)])
        #expect(cache.sharedMaxAge == nil)
        #expect(configuration.network.allow.isEmpty && configuration.network.operations.isEmpty)
        #expect(configuration.network.caFile == nil)
        #expect(configuration.network.requestedBy == "imagekit")
    }

    @Test func limitsAndTimeoutsHaveTheirDefaults() throws {
        let configuration = try parse(minimalAccount)
        let limits = configuration.limits
        #expect(
            [limits.sourceBytes, limits.sourcePixels, limits.outputPixels] == [40_000_000, 100_000_000, 50_000_000])
        #expect([limits.frames, limits.steps, limits.layers, limits.redirects] == [200, 10, 20, 3])
        #expect(limits.textLength == 2000)
        #expect(configuration.loaders.svg && configuration.loaders.pdf && configuration.loaders.heic)
        #expect(limits.fileBytes == nil)
        let timeouts = configuration.timeouts
        #expect([timeouts.total, timeouts.connect, timeouts.firstByte] == [.seconds(20), .seconds(3), .seconds(8)])
        #expect([timeouts.stall, timeouts.render, timeouts.redis] == [.seconds(5), .seconds(15), .milliseconds(20)])
        #expect(timeouts.confirm == .seconds(60))
    }

    @Test func anAccountWithoutURLEndpointsServesItsFirstOrigin() throws {
        let configuration = try parse(
            """
            accounts:
              - id: demo
                privateKeys: [k]
                origins:
                  - { id: first, type: DISK, path: a }
                  - { id: second, type: DISK, path: b }
              - { id: empty, insecure: true }
            """
        )
        #expect(
            configuration.accounts.map(\.urlEndpoints) == [
                [URLEndpoint(origins: ["first"])], [URLEndpoint(origins: [])],
            ])
    }

    @Test func aURLEndpointHasItsDefaults() throws {
        let configuration = try parse(minimalAccount)
        let endpoint = try #require(configuration.accounts.first?.urlEndpoints.first)
        #expect(endpoint.urlPrefix.isEmpty && endpoint.hosts.isEmpty && !endpoint.saveOriginals)
        #expect(endpoint.residency == .none && endpoint.cacheControl == .standard && endpoint.unsigned == .allow)
        #expect(endpoint.format == .auto && endpoint.quality == 80)
        #expect(endpoint.unknownParameters == .reject && endpoint.svg == .keep && endpoint.cdn == nil)
        #expect(!endpoint.isInsecure && endpoint.ladder == Ladder())
    }

    /// The sample says that it shows the defaults; it has to be true.
    @Test func theSampleLoadsAndShowsTheDefaults() throws {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        let sample = try Configuration.load(file: "/\(folder)/../../deploy/apus.yaml", environment: [:])
        let minimal = try parse(minimalAccount)
        #expect(sample.workers == minimal.workers)
        #expect(sample.cache == minimal.cache)
        #expect(sample.limits == minimal.limits)
        #expect(sample.loaders == minimal.loaders)
        #expect(sample.timeouts == minimal.timeouts)
        #expect(sample.network == minimal.network)
        #expect(sample.region == minimal.region && sample.redis == nil && sample.store == nil)
        #expect(sample.dns == nil && sample.regions.count == 1)
        let account = try #require(sample.accounts.first)
        #expect(account.id == "demo" && sample.accounts.count == 1)
        #expect(account.urlEndpoints == [URLEndpoint(origins: ["samples"])])
        #expect(account.namedTransformations == ["thumb": "w-150,h-150"])
        guard case .disk(let path) = account.origins.first?.kind else {
            Issue.record("the sample's first origin is no folder")
            return
        }
        #expect(path.hasSuffix("/deploy/samples") && path.hasPrefix("/"))
    }
}
