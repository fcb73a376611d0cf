package import Deadlines
import Redis
import Storage

extension PurgeLog {
    private enum Numbering {
        case number(UInt64)
        /// Redis does not know the numbers in use.
        case notFilled
        case away(RedisError)
    }

    /// Accepts a purge: when it returns, the purge is in the store (and in Redis, if that is there), and this process
    /// obeys it.
    ///
    /// One write to Redis and one to the store, however many entries are meant. Where it throws, the purge may hold all
    /// the same, as anything that only purges too much. What has to be read or put right first is done by the thread
    /// that `start()` starts; this call waits for it, and ends by the deadline.
    ///
    /// - Returns: the id to ask for with `state(of:account:)`.
    package func accept(
        account: String, target: PurgeTarget, deadline: Deadline
    ) throws(PurgeError) -> String {
        guard target.isValid, (1...PurgeRule.longestAccount).contains(account.utf8.count) else { throw .invalid }
        guard mirror != nil || archive != nil else { throw .noPlace }
        let draft = PurgeRule(
            requestID: RequestID.random(), account: account, target: target, acceptedAt: settings.unixSeconds(),
            number: 0)
        let isFlooded = change { state in
            state.inFlight.insert(draft.requestID)
            return state.isFlooded
        }
        defer { change { _ = $0.inFlight.remove(draft.requestID) } }
        guard !isFlooded else { throw .flooded }
        switch try number(draft, until: deadline) {
        case .number(let number): try keep(draft.renumbered(number), isShared: true, until: deadline)
        case .notFilled: try keepAlone(draft, nil, until: deadline)
        case .away(let error): try keepAlone(draft, error, until: deadline)
        }
        return draft.requestID
    }

    /// Lets Redis number the rule. A Redis that does not know the numbers in use is told them first.
    private func number(_ draft: PurgeRule, until deadline: Deadline) throws(PurgeError) -> Numbering {
        guard let mirror else { return .notFilled }
        let numbering = try append(draft, to: mirror, until: deadline)
        guard case .notFilled = numbering else { return numbering }
        awaitSynchronisation(until: deadline)
        return try append(draft, to: mirror, until: deadline)
    }

    private func append(
        _ draft: PurgeRule, to mirror: PurgeMirror, until deadline: Deadline
    ) throws(PurgeError) -> Numbering {
        do throws(RedisError) {
            switch try mirror.append(draft, above: inspect { $0.top }, until: deadline) {
            case .number(let number):
                change { $0.expect(draft.requestID, under: number) }
                return .number(number)
            case .notFilled: return .notFilled
            case .noNumbersLeft: break
            }
        } catch {
            return .away(error)
        }
        throw .noNumbersLeft
    }

    /// Keeps a rule that Redis did not number.
    private func keepAlone(_ draft: PurgeRule, _ error: RedisError?, until deadline: Deadline) throws(PurgeError) {
        guard archive != nil else { throw error.map(PurgeError.redisFailed) ?? .notReady }
        if !inspect({ $0.isRead }) { awaitSynchronisation(until: deadline) }
        guard inspect({ $0.isRead }) else { throw .notReady }
        guard let number = change({ $0.reserve() }) else { throw .noNumbersLeft }
        try keep(draft.renumbered(number), isShared: mirror == nil, until: deadline)
    }

    func keep(_ rule: PurgeRule, isShared: Bool, until deadline: Deadline) throws(PurgeError) {
        if let archive {
            do throws(StoreError) {
                try archive.write(rule, isShared: isShared, until: deadline)
            } catch {
                throw .storeFailed(error)
            }
        }
        change { state in
            state.enter(rule, isShared: isShared, at: settings.now())
            if archive != nil { state.storeTop = max(state.storeTop, rule.number) }
        }
    }
}
