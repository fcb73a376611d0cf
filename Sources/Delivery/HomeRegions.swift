import Caching
import Deadlines
import HTTPRules
import Metrics
import Purging
import Regions

/// Asks home regions for what orders name, and reads what they say. Nothing is kept here.
struct HomeRegions: Sendable {
    /// What a home region has said.
    enum Answer {
        case served(Served)
        /// Good or bad, it is its word.
        case failed(DeliveryError)
    }

    /// `nil` where there is one region, or several that have no secret in common and so do not ask each other.
    let otherRegions: OtherRegions?
    let validity: Validity
    let lifetimes: Lifetimes
    /// `Configuration.version` of this region.
    let configuration: String
    let metrics: Metrics

    /// How much of the time is the home's; the rest is for the way of its answer, so that it says itself that time was up.
    private static let homesPart = 0.9

    /// Whether the regions whose purges may be missed were heard lately.
    var knowsPurgesOfAll: Bool { otherRegions?.knowsPurgesOfAll ?? true }

    /// - Parameters:
    ///   - part: of a file; `nil`: what the client has asked for.
    ///   - old: what is no longer fresh, if there is something.
    /// - Throws: why there is no word of it. What it would have said is to be found out here then, where that is allowed.
    func ask(
        _ order: Order, _ home: HomeQuestion, part: ByteRange? = nil, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(RegionError) -> Answer {
        guard let otherRegions else { throw .leftAlone }
        // Read before it is asked, as before an origin is: whatever is purged from now on makes void what comes.
        let moment = validity.moment
        let old = old.flatMap { validity.isVoid($0.entry, of: order) ? nil : $0 }
        var client = home.client
        if let part { (client.range, client.ifRange) = ("bytes=\(part.first)-\(part.last)", nil) }
        var question = RegionQuestion(
            deadline: deadline.remaining * Self.homesPart, form: Entry.formatVersion, engine: Engine.version,
            configuration: configuration, purges: moment.purges, client: client)
        question.relays = order.isRelayed
        question.known = old.flatMap { $0.entityTag.isEmpty ? nil : $0.entityTag }
        let reply = try otherRegions.ask(
            home.region, question, for: order.key, hasSubstitute: order.route.home.hasSubstituteHere(), until: deadline)
        switch reply {
        case .entry(let entry, let head): return answer(entry, head, moment.epoch)
        case .unchanged(let entry, let head):
            guard let old else { throw .garbage }
            var served = old.renewed(lifetime(of: entry, head), entry.source, purgeEpoch: moment.epoch)
            (served.region, served.tier, served.state) = (entry.region, .region, state(head))
            return .served(served)
        case .file(let entry, let stream, let head):
            guard case .served(var served) = answer(entry, head, moment.epoch), case .file(let file) = served.content
            else { throw .garbage }
            let body = RegionBody(entry, stream, length: head.fileLength ?? file.length, range: head.part)
            served.opened = OpenedOriginal(body)
            return .served(served)
        case .fault(let fault, _):
            guard !fault.isOfRegion else { throw .failed }
            return .failed(DeliveryError(fault, of: home.region))
        }
    }

    /// That there is no word of the home leaves the work to this region, if that may and can do it.
    func bypass(_ error: RegionError, _ order: Order) throws(DeliveryError) {
        guard order.route.home.hasSubstituteHere() else { throw .homeAway }
        metrics.add(.bypasses(error.bypass))
    }

    private func answer(_ entry: Entry, _ head: RegionAnswerHead, _ epoch: UInt64) -> Answer {
        if case .failure(let failure) = entry.content {
            return .failed(DeliveryError(ofHome: failure, of: entry))
        }
        do throws(DeliveryError) {
            var served = try Served(entry, tier: .region)
            served.lifetime = lifetime(of: entry, head)
            (served.purgeEpoch, served.state) = (epoch, state(head))
            return .served(served)
        } catch {
            return .failed(error)
        }
    }

    /// What a region with other settings, or of another version, has made is good enough for a moment.
    private func lifetime(of entry: Entry, _ head: RegionAnswerHead) -> Lifetime {
        let isAlike = head.configuration == configuration && head.engine == Engine.version
        return isAlike ? entry.lifetime : lifetimes.brief(entry.lifetime, now: WallClock.unixSeconds)
    }

    private func state(_ head: RegionAnswerHead) -> Served.State {
        head.state.map { Served.State($0) } ?? .passing
    }
}
