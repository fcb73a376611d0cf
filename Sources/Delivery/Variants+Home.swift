import Caching
import Deadlines
import Metrics
import Regions

// What has its home in another region: asked for there, kept here; made here where the home gives no answer; or, where
// its residency forbids that, only passed through.

extension Variants {
    /// Of the time that is left, how much the home has where this region has to do the work if it gives no answer.
    private static var homeShare: Double { 0.6 }
    /// How often the home is asked for one variant when purges hit what it says.
    private static var questions: Int { 2 }

    /// Has it from its home region, or made here.
    func obtain(
        _ order: Order, _ fetched: Fetched?, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        guard let home = order.home else { return try maker.make(order, fetched, inPlaceOf: old, until: deadline) }
        let said: Result<Served, DeliveryError>
        do throws(RegionError) {
            said = try answer(order, home, inPlaceOf: old, until: deadline)
        } catch {
            guard order.route.home.hasSubstituteHere else { throw .homeAway }
            // A client who can have something old does not wait for the work as well.
            if error == .timedOut, old?.isUsableInNeed == true { throw .homeAway }
            metrics.add(.bypasses(error.bypass))
            return try maker.make(order, fetched, inPlaceOf: old, until: deadline)
        }
        return try said.get()
    }

    private func answer(
        _ order: Order, _ home: HomeQuestion, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(RegionError) -> Result<Served, DeliveryError> {
        // Regions that have no secret in common do not ask each other.
        guard let homes else { throw .leftAlone }
        var last: Served?
        for _ in 0..<Self.questions {
            let leavesTime = order.route.home.hasSubstituteHere && old?.isUsableInNeed != true
            let end = leavesTime ? deadline.capped(to: deadline.remaining * Self.homeShare) : deadline
            let epoch = validity.epoch
            switch try homes.ask(order, home, inPlaceOf: old, until: end) {
            case .failed(let error): return .failure(kept(error, order, epoch, inPlaceOf: old, until: deadline))
            case .served(let served):
                guard validity.isVoid(served.entry, of: order) else {
                    maker.keep(served, order, inPlaceOf: old, until: deadline)
                    return .success(served)
                }
                last = served
            }
        }
        return last.map { .success($0.inState(.passing)) } ?? .failure(.outOfTime)
    }

    private func kept(
        _ error: DeliveryError, _ order: Order, _ epoch: UInt64, inPlaceOf old: Served?, until deadline: Deadline
    ) -> DeliveryError {
        do throws(DeliveryError) {
            return try maker.keepingErrors(of: order, epoch, inPlaceOf: old, until: deadline) {
                () throws(DeliveryError) -> DeliveryError in throw error
            }
        } catch {
            return error
        }
    }

    /// What may be kept and processed in its home region only: passed through, never looked up, kept or made here.
    func relay(_ order: Order, _ home: HomeQuestion, until deadline: Deadline) throws(DeliveryError) -> Served {
        guard let homes else { throw .homeAway }
        let said: HomeRegions.Answer
        do throws(RegionError) {
            said = try homes.ask(order, home, inPlaceOf: nil, until: deadline)
        } catch {
            throw .homeAway
        }
        switch said {
        case .served(let served): return served
        case .failed(var error):
            error.keeping = .never
            throw error
        }
    }
}
