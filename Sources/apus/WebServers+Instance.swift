import Configuration
import Deadlines
import FastCGI
import Logging

extension WebServers {
    /// Who may ask the workers on `listener`: its host itself, and whom the environment names, else the configuration.
    /// Who is refused is told to `logger`, at most once a second.
    init(
        of configuration: Configuration, on listener: Listener, environment: [String: String], logger: Logger
    ) throws(FastCGIError) {
        let next = Monitor<Deadline?>(nil)
        let others = Self.stated(in: configuration, environment: environment)
        try self.init(Self.addresses(of: listener) + others) { peer in
            let isDue = next.withLock { next in
                guard next?.hasPassed ?? true else { return false }
                next = Deadline(in: .seconds(1))
                return true
            }
            guard isDue else { return }
            logger.warning("connection refused", metadata: ["address": "\(peer)", "reason": "no web server of ours"])
        }
    }

    /// What is to be told to the owner: that nobody can reach workers which are on the network.
    static func doubt(
        about configuration: Configuration, on listener: Listener, environment: [String: String]
    ) -> String? {
        guard listener.isOnNetwork, stated(in: configuration, environment: environment).isEmpty else { return nil }
        return "only this host may ask the workers: workers.fronts or \(variable) names the other hosts whose nginx may"
    }

    private static func stated(in configuration: Configuration, environment: [String: String]) -> [String] {
        environment[variable].map { addresses(in: $0) } ?? configuration.workers.fronts
    }
}
