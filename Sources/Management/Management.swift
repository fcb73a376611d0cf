package import Configuration
import Deadlines
import HTTPRules
package import Logging
package import Metrics
package import Purging

/// The HTTP API under `/v1/` (platform reference §8), as far as it goes: purges. Every call is answered here, errors
/// included.
package final class Management: Sendable {
    /// What a purge's URL means, if it belongs to one of these accounts; `nil` if not, or if it is no URL.
    package typealias Resolve = @Sendable (_ url: String, _ accountIDs: Set<String>) -> ResolvedPurge?

    /// Slots that may be recording purges at once: each may wait for the store, and others have to be left.
    private static let mostRecording = 8

    private let keys: AccountKeys
    private let origins: [String: Set<String>]
    private let purges: any Purges
    private let states: PurgeStates
    private let resolve: Resolve
    private let recording = Monitor(0)
    private let metrics: Metrics
    private let logger: Logger

    package init(
        accounts: [Account], purges: any Purges, metrics: Metrics, logger: Logger, resolve: @escaping Resolve
    ) {
        self.metrics = metrics
        keys = AccountKeys(accounts)
        origins = accounts.reduce(into: [:]) { $0[$1.id] = Set($1.origins.map(\.id)) }
        self.purges = purges
        states = PurgeStates(purges)
        self.resolve = resolve
        self.logger = logger
    }

    /// Whether a path is the API's; not on custom hosts, whose paths are all pictures'.
    package static func answers(path: String) -> Bool {
        path.hasPrefix("/v1/") || path.hasPrefix("/api/")
    }

    package func answer(_ request: ManagementRequest) -> ManagementResponse {
        do throws(ManagementError) {
            let resource = try Resource(path: request.path)
            switch (resource, request.method) {
            case (_, "OPTIONS"): return ManagementResponse(optionsOf: resource, to: request)
            case (.purges, "POST"): return try counting { () throws(ManagementError) in try purge(request) }
            case (.purge(let id), "GET"), (.purge(let id), "HEAD"): return try state(of: id, request)
            default: throw .methodNotAllowed(allowed: resource.methods)
            }
        } catch {
            log(error, request)
            return ManagementResponse(error, to: request)
        }
    }

    private func purge(_ request: ManagementRequest) throws(ManagementError) -> ManagementResponse {
        let opened = try keys.accounts(authorization: request.authorization)
        guard !request.bodyIsTooLong else { throw .bodyTooLong }
        let call = try PurgeCall(body: request.body)
        let purge = try resolved(call.subject, try chosen(call.account, of: opened))
        let id: String
        do throws(PurgeError) {
            id = try record(purge, until: request.deadline)
        } catch .invalid {
            // What can be told from here was: it is too long.
            throw call.subject.refusal
        } catch {
            throw .notRecorded(error)
        }
        logger.info("purge", metadata: ["account": "\(purge.account)", "purge": "\(id)", "request": "\(request.id)"])
        return ManagementResponse(status: 201, [("requestId", id)], to: request)
    }

    private func counting(
        _ purge: () throws(ManagementError) -> ManagementResponse
    ) throws(ManagementError) -> ManagementResponse {
        do {
            let response = try purge()
            metrics.add(.purges(.accepted))
            return response
        } catch {
            metrics.add(.purges(.refused))
            throw error
        }
    }

    private func record(_ purge: ResolvedPurge, until deadline: Deadline) throws(PurgeError) -> String {
        let hasPlace = recording.withLock { count in
            guard count < Self.mostRecording else { return false }
            count += 1
            return true
        }
        guard hasPlace else { throw .flooded }
        defer { recording.withLock { $0 -= 1 } }
        return try purges.accept(account: purge.account, target: purge.target, deadline: deadline)
    }

    private func state(of id: String, _ request: ManagementRequest) throws(ManagementError) -> ManagementResponse {
        let opened = try keys.accounts(authorization: request.authorization)
        guard let state = states.state(of: id, accounts: opened, until: request.deadline) else { throw .noSuchPurge }
        let word =
            switch state {
            case .pending: "Pending"
            case .completed: "Completed"
            }
        return ManagementResponse(status: 200, [("status", word)], to: request)
    }

    private func chosen(_ account: String?, of opened: Set<String>) throws(ManagementError) -> Set<String> {
        guard let account else { return opened }
        guard opened.contains(account) else { throw .noSuchAccount }
        return [account]
    }

    private func resolved(
        _ subject: PurgeCall.Subject, _ accounts: Set<String>
    ) throws(ManagementError) -> ResolvedPurge {
        switch subject {
        case .url(let url):
            guard let purge = resolve(url, accounts), accounts.contains(purge.account) else { throw subject.refusal }
            return purge
        case .tag(let tag):
            guard CacheTags.isTag(tag) else { throw subject.refusal }
            return ResolvedPurge(account: try one(of: accounts), target: .tag(tag))
        case .origin(let origin):
            let account = try one(of: accounts)
            guard origins[account]?.contains(origin) == true else { throw subject.refusal }
            return ResolvedPurge(account: account, target: .origin(origin))
        }
    }

    private func one(of accounts: Set<String>) throws(ManagementError) -> String {
        guard accounts.count == 1, let account = accounts.first else { throw .accountNeeded }
        return account
    }

    private func log(_ error: ManagementError, _ request: ManagementRequest) {
        let level: Logger.Level =
            switch error {
            case .notRecorded: .error
            case .wrongKey: .notice
            default: .debug
            }
        logger.log(
            level: level, "call refused",
            metadata: ["status": "\(error.status)", "reason": "\(error)", "request": "\(request.id)"])
    }
}

extension PurgeCall.Subject {
    /// What is said of one that means nothing.
    fileprivate var refusal: ManagementError {
        switch self {
        case .url: .badURL
        case .tag: .badTag
        case .origin: .noSuchOrigin
        }
    }
}
