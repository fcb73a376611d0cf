package import Deadlines

/// Carries requests to one other region.
package protocol RegionCalling: Sendable {
    /// As `RegionCaller` has it.
    func ask(
        _ question: RegionQuestion, clockOffset: Duration, until deadline: Deadline, answerLimit: Duration?
    ) throws(RegionError) -> RegionReply

    /// As `RegionCaller` has it.
    func exchange(
        _ fields: RegionFields, clockOffset: Duration, until deadline: Deadline
    ) throws(RegionError) -> RegionFields
}

extension RegionCaller: RegionCalling {}
