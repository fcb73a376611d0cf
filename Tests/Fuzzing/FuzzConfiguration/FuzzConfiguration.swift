import Configuration
import FirstInputs

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked { FirstInputs(words: Files.words, inputs: Files.all.map { Array($0.utf8) }) }
    return 0
}

private let hidden = "hunter2-is-never-shown"
private let environment = ["KEY": hidden, "OTHER": hidden, "WORD": "word"]

/// Any bytes as a configuration file: problems, or a configuration that keeps what it promises.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(ConfigurationProblems) {
        let configuration = try parse(bytes)
        check(configuration)
        expect((try? parse(bytes)) == configuration, "another configuration the second time")
    } catch {
        expect(!error.problems.isEmpty, "refused without a reason")
        for problem in error.problems {
            let text = problem.description
            expect(!text.contains(hidden), "a secret is shown: \(text)")
            expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a problem of several lines: \(text)")
            expect(text.utf8.count < 20_000, "a problem of \(text.utf8.count) bytes")
        }
    }
    return 0
}

private func parse(_ bytes: [UInt8]) throws(ConfigurationProblems) -> Configuration {
    try Configuration.parse(bytes, name: "fuzzing.yaml", folder: "/nonexistent", environment: environment)
}

private func check(_ configuration: Configuration) {
    expect(configuration.regions[configuration.region] != nil, "a region that there is not")
    expect(!configuration.accounts.isEmpty, "no account")
    expect(configuration.version.utf8.count == 24, "a version of another form")
    let ids = configuration.accounts.map(\.id)
    expect(Set(ids).count == ids.count, "two accounts of one name")
    expect(!ids.contains { ["v1", "v2", "api"].contains($0) || $0.hasPrefix("_") }, "a reserved name")
    var hosts: Set<String> = []
    for account in configuration.accounts {
        expect(!account.urlEndpoints.isEmpty, "an account that delivers nothing")
        expect(
            Set(account.urlEndpoints.map(\.urlPrefix)).count == account.urlEndpoints.count,
            "two endpoints of one prefix")
        for endpoint in account.urlEndpoints {
            check(endpoint, of: account)
            for host in endpoint.hosts {
                expect(hosts.insert(host).inserted, "two endpoints of one host: \(host)")
                expect(host == host.lowercased() && !host.contains(":"), "a host of another form: \(host)")
            }
        }
    }
    let workers = configuration.workers
    expect(workers.processes >= 1 && workers.slots >= 1 && workers.renders >= 0, "workers that do nothing: \(workers)")
    expect(workers.memoryBytes >= 0, "less than no memory")
}

/// Nothing is open that the file does not call insecure.
private func check(_ endpoint: URLEndpoint, of account: Account) {
    let isMeant = account.isInsecure || endpoint.isInsecure
    expect(isMeant || !account.privateKeys.isEmpty, "an account without keys: \(account.id)")
    expect((1...100).contains(endpoint.quality), "a quality of \(endpoint.quality)")
    let known = Set(account.origins.map(\.id))
    expect(endpoint.origins.allSatisfy(known.contains), "an origin that there is not")
    let proxies = Set(account.origins.filter { $0.kind == .webProxy }.map(\.id))
    if endpoint.unsigned == .allow, endpoint.origins.contains(where: proxies.contains) {
        expect(isMeant, "anybody may have anything fetched: \(account.id)/\(endpoint.urlPrefix)")
    }
}
