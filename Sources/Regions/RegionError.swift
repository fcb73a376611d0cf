/// Why another region gave no answer of use. Whoever asked makes it himself then, where that is allowed.
package enum RegionError: Error, Hashable, Sendable {
    /// It was not asked: it is down, has just failed, or is coming back and takes only a part of the questions.
    case leftAlone
    /// It was not asked: as many as may ask it at a time were doing so.
    case crowded
    /// It was not asked: the question cannot be sent.
    case unaskable
    /// Its host answers that nobody listens at its port.
    case connectionRefused
    /// No connection for another reason, or one that broke off.
    case unreachable
    case timedOut
    /// It said no.
    case refused(RegionRefusal)
    /// It said no, because the request was dated by another clock than its own.
    case otherClock(ClockOffset)
    /// An answer without a valid proof, of another question, or that cannot be read.
    case garbage
    /// It answered that it cannot answer just now.
    case failed
}
