import ArgumentParser
import Configuration
import Deadlines
import Explaining
import OriginMaking
import Processes
import Regions

extension Check {
    /// `apus check --regions`: every other region is asked how it is, all of them at the same time.
    func ask(_ configuration: Configuration) throws {
        guard configuration.regions.count > 1 else { throw Complaint("\(file) has one region, which is this one") }
        guard let keys = RegionKeys(configuration.regionSecrets) else {
            throw Complaint("there is no regionSecret in \(file): no region asks another")
        }
        let transfer = Outside(configuration, environment: environmentVariables()).transfer
        let others = configuration.regions.filter { $0.key != configuration.region }.sorted { $0.key < $1.key }
        let findings = Monitor([String: RegionFinding]())
        let questions = others.map { name, region in
            {
                @Sendable in
                let finding = RegionFinding(
                    name, url: region.url,
                    caller: region.url.map { url in
                        RegionCaller(
                            name, from: configuration.region, url: url, keys: keys, transfer: transfer,
                            limits: RegionCaller.Limits(configuration.timeouts))
                    })
                findings.withLock { $0[name] = finding }
            }
        }
        let threads = try questions.map { try WorkThread(named: "region", $0) }
        for thread in threads { thread.join() }
        let report = RegionReport(
            configuration, findings.withLock { found in others.compactMap { found[$0.key] } })
        print(json ? report.fact.json : report.description, terminator: "")
        guard report.isGood else { throw ExitCode.failure }
    }
}
