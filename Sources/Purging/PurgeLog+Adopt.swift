package import Deadlines
import Redis

extension PurgeLog {
    /// Takes over what another region offers: when it returns, all of it that follows on what is known here is in the
    /// store (and in Redis, if that is there), and this process obeys it.
    ///
    /// Any number of processes may take over the same at the same time. An offer that leaves out what is not known here
    /// is ignored: the next one, to what is known then, begins earlier.
    ///
    /// If this region has lost its own log (`noteOwnNumber`), everything is purged in it once, before its vector covers what
    /// the others know of that. Nobody can say that he has given back all: an offer is as long as a message, others
    /// may have merged theirs, and what they never heard of is gone. Rules that they do give back become its own again,
    /// under new numbers.
    ///
    /// - Parameter accounts: every account there is, for an offer that says to purge everything.
    package func adopt(_ offers: [PurgeOffer], accounts: [String], deadline: Deadline) throws(PurgeError) {
        let usable = checked(offers)
        guard !usable.isEmpty || inspect({ $0.ownLoss.uncovered != nil }) else { return }
        guard mirror != nil || archive != nil else { throw .noPlace }
        let adopted = try takingTurns(until: deadline) { () throws(PurgeError) -> Int in
            if !inspect({ $0.isRead }) { awaitSynchronisation(until: deadline) }
            guard inspect({ $0.isRead }) else { throw .notReady }
            var count = try coverOwnLoss(accounts, until: deadline)
            for offer in usable { count += try adopt(offer, accounts, until: deadline) }
            return count
        }
        guard let adopted else { throw .notReady }
        if adopted > 0 { tell(.adopted(rules: adopted)) }
    }

    /// The most rules of one call.
    private static let mostRules = 10_000
    /// The most regions whose logs are kept.
    private static let mostSources = 100

    /// Without what is no offer or no rule, and with each one's rules in order.
    private func checked(_ offers: [PurgeOffer]) -> [PurgeOffer] {
        var room = Self.mostRules
        var checked: [PurgeOffer] = []
        let known = current.vector.regions
        for var offer in offers {
            let count = offer.rules.count
            let isKnown = known.count < Self.mostSources || known.contains(offer.source)
            let end = PurgeRule.Source(region: offer.source, number: offer.upTo)
            if isKnown, end.isValid, offer.after <= offer.upTo {
                offer.rules = offer.rules.filter { $0.isWellFormed(in: offer) }
                offer.rules.sort(by: PurgeRule.isEarlierAtSource)
                offer.rules.removeLast(max(0, offer.rules.count - room))
                room -= offer.rules.count
                if !offer.rules.isEmpty || offer.isReset { checked.append(offer) }
            } else {
                offer.rules = []
            }
            if offer.rules.count < count || !end.isValid {
                tell(.offerRejected(source: end.shownRegion, rules: count - offer.rules.count))
            }
        }
        return checked
    }

    /// Purges everything once if this region has lost its own log, by the rules that others make who lack what is lost.
    /// They have that log's number and a source, so that they tell later processes, and others, what they stand for.
    private func coverOwnLoss(_ accounts: [String], until deadline: Deadline) throws(PurgeError) -> Int {
        if inspect({ $0.ownLoss.isUndecided }) { awaitSynchronisation(until: deadline) }
        guard let lost = inspect({ $0.ownLoss.uncovered }) else { return 0 }
        let resets = accounts.map { reset($0, of: settings.region, upTo: lost) }
        let missing = inspect { state in resets.filter { state.book.requests[$0.requestID] == nil } }
        if !missing.isEmpty { try take(missing, from: settings.region, until: deadline) }
        change { $0.coverOwnLoss(upTo: lost, isNothingToPurge: resets.isEmpty) }
        return missing.count
    }

    private func adopt(_ offer: PurgeOffer, _ accounts: [String], until deadline: Deadline) throws(PurgeError) -> Int {
        let isOwn = offer.source == settings.region
        if !isOwn, !offer.isReset, !follows(offer) {
            // Another process of the region may have been quicker.
            awaitSynchronisation(until: deadline)
            guard follows(offer) else { return 0 }
        }
        let resets = offer.isReset && !isOwn ? accounts.map { reset($0, of: offer.source, upTo: offer.upTo) } : []
        let rules = resets + offer.rules
        // Without Redis nothing keeps two processes from taking over the same, and an own one is most often lost only to
        // this process's eyes: a look shows what the others have done.
        if isOwn || mirror == nil, !wanted(of: rules).isEmpty { awaitSynchronisation(until: deadline) }
        let wanted = wanted(of: rules)
        guard !wanted.isEmpty, !isOwn || !inspect({ $0.ownLoss.isOpen }) else { return 0 }
        try take(wanted, from: offer.source, until: deadline)
        return wanted.count
    }

    /// Whether everything before it is known.
    private func follows(_ offer: PurgeOffer) -> Bool {
        inspect { state in
            offer.after <= max(state.book.index.vector[offer.source], state.book.positions.reached[offer.source])
        }
    }

    /// One rule for everything that an account has. It follows from what it stands for, so that everybody makes the same
    /// one.
    private func reset(_ account: String, of source: String, upTo number: UInt64) -> PurgeRule {
        let hour: Int64 = 3600
        return PurgeRule(
            requestID: RequestID.following(from: "reset \(source) \(number) \(account)"), account: account,
            target: .prefix(""), acceptedAt: settings.unixSeconds() / hour * hour, number: 0,
            source: PurgeRule.Source(region: source, number: number))
    }

    /// Those that are not known, or not under their number.
    private func wanted(of rules: [PurgeRule]) -> [PurgeRule] {
        inspect { state in
            rules.compactMap { rule in
                let request = state.book.requests[rule.requestID]
                if rule.source?.region == settings.region {
                    return request == nil && state.book.rules[rule.requestID] == nil ? rule.from(nil) : nil
                }
                guard let request else { return rule }
                guard let source = rule.source, let known = request.source, known.region == source.region,
                    known.number < source.number
                else { return nil }
                return rule
            }
        }
    }

    private func take(_ rules: [PurgeRule], from source: String, until deadline: Deadline) throws(PurgeError) {
        let ids = rules.map(\.requestID)
        let isFlooded = change { state in
            state.inFlight.formUnion(ids)
            return state.isFlooded
        }
        defer { change { $0.inFlight.subtract(ids) } }
        guard !isFlooded else { throw .flooded }
        if let numbered = try number(rules, from: source, until: deadline) {
            for rule in numbered { try keep(rule, isShared: true, until: deadline) }
        } else {
            for rule in rules {
                guard let number = change({ $0.reserve() }) else { throw .noNumbersLeft }
                try keep(rule.renumbered(number), isShared: mirror == nil, until: deadline)
            }
        }
    }

    /// Lets Redis number rules, in their order, and before them those of the same log that it was not there for.
    /// `nil` where the store has to do.
    private func number(
        _ rules: [PurgeRule], from source: String, until deadline: Deadline
    ) throws(PurgeError) -> [PurgeRule]? {
        guard let mirror else { return nil }
        let adopted: PurgeMirror.Adopted
        do throws(RedisError) {
            let first = try mirror.adopt(inOrder(rules, source), above: inspect { $0.top }, until: deadline)
            if case .notFilled = first {
                awaitSynchronisation(until: deadline)
                adopted = try mirror.adopt(inOrder(rules, source), above: inspect { $0.top }, until: deadline)
            } else {
                adopted = first
            }
        } catch {
            guard archive != nil else { throw .redisFailed(error) }
            return nil
        }
        switch adopted {
        case .rules(let numbered):
            change { state in
                for rule in numbered { state.expect(rule.requestID, under: rule.number) }
            }
            return numbered
        case .noNumbersLeft: throw .noNumbersLeft
        case .notFilled:
            guard archive != nil else { throw .notReady }
            return nil
        }
    }

    private func inOrder(_ rules: [PurgeRule], _ source: String) -> [PurgeRule] {
        let ids = Set(rules.map(\.requestID))
        let before = inspect { state in
            state.book.unshared.lazy.compactMap { state.book.rules[$0] }
                .filter { $0.source?.region == source && !ids.contains($0.requestID) }
        }
        guard !before.isEmpty else { return rules }
        return (before + rules).sorted(by: PurgeRule.isEarlierAtSource)
    }
}
