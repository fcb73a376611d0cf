package import Deadlines

/// Carries requests to one other region.
package protocol RegionCalling: Sendable {
    /// As `RegionCaller` has it.
    func ask(
        _ question: RegionQuestion, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionReply

    /// As `RegionCaller` has it.
    func exchange(
        _ fields: RegionFields, clockOffset: ClockOffset, until deadline: Deadline
    ) throws(RegionError) -> RegionTold
}

extension RegionCaller: RegionCalling {}
