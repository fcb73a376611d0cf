import Caching
import Deadlines
import Regions

// What has its home in another region: asked for there, kept here; made here where the home gives no answer; or, where
// its residency forbids that, only passed through.

extension Variants {
    /// Of the time that is left, how much the home has where this region has to do the work if it gives no answer.
    private static var homeShare: Double { 0.6 }
    /// How often the home is asked for one variant when purges hit what it says.
    private static var questions: Int { 2 }

    func askHomeOrMake(
        _ order: Order, _ fetched: Fetched?, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(DeliveryError) -> Served {
        guard let home = order.home else { return try maker.make(order, fetched, inPlaceOf: old, until: deadline) }
        let said: Result<Served, DeliveryError>
        do throws(RegionError) {
            said = try askHome(order, home, inPlaceOf: old, until: deadline)
        } catch {
            // A client who can have something old does not wait for the work as well.
            if error == .timedOut, old?.isUsableInNeed == true { throw .homeAway }
            try homes.bypass(error, order)
            return try maker.make(order, fetched, inPlaceOf: old, until: deadline)
        }
        return try said.get()
    }

    private func askHome(
        _ order: Order, _ home: HomeQuestion, inPlaceOf old: Served?, until deadline: Deadline
    ) throws(RegionError) -> Result<Served, DeliveryError> {
        var last: Served?
        for _ in 0..<Self.questions {
            let leavesTime = old?.isUsableInNeed != true && order.route.home.hasSubstituteHere()
            let end = leavesTime ? deadline.capped(to: deadline.remaining * Self.homeShare) : deadline
            let epoch = validity.moment.epoch
            switch try homes.ask(order, home, inPlaceOf: old, until: end) {
            case .failed(let error): return .failure(keep(error, order, epoch, inPlaceOf: old, until: deadline))
            case .served(let served):
                guard validity.isVoid(served.entry, of: order) else {
                    maker.keep(served, order, inPlaceOf: old, until: deadline)
                    return .success(served)
                }
                last = served
            }
        }
        // The home has not heard yet of a purge that is known here.
        guard let last, !order.route.home.hasSubstituteHere() else { throw .refused(.behind) }
        return .success(last.inState(.passing))
    }

    /// What the home has said for a while is kept for as long.
    private func keep(
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
        let said: HomeRegions.Answer
        do throws(RegionError) {
            said = try homes.ask(order, home, inPlaceOf: nil, until: deadline)
        } catch {
            throw error == .crowded ? .overloaded : .homeAway
        }
        switch said {
        case .served(let served): return validity.isVoid(served.entry, of: order) ? served.inState(.passing) : served
        case .failed(var error):
            error.keeping = .never
            throw error
        }
    }
}
