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
        let callers = RegionCaller.callers(configuration, keys: keys, transfer: transfer).sorted { $0.key < $1.key }
        let findings = Monitor([String: RegionFinding]())
        let questions = callers.map { name, caller in
            {
                @Sendable in
                let finding = RegionFinding.ask(name, url: configuration.regions[name]?.url, caller)
                findings.withLock { $0[name] = finding }
            }
        }
        let threads = try questions.map { try WorkThread(named: "region", $0) }
        for thread in threads { thread.join() }
        let report = RegionReport(
            configuration, findings.withLock { found in callers.compactMap { found[$0.key] } })
        print(json ? report.fact.json : report.description, terminator: "")
        guard report.isGood else { throw ExitCode.failure }
    }
}
