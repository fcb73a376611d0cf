package import Deadlines
import Processes

/// The waiting in front of the gate.
extension RenderPool {
    /// A job that waits in its lane. Each waits for itself alone: where many wait, what one has to know would wake them all.
    final class Entrance: Sendable {
        let number: UInt64
        let cost: RenderCost
        /// When it is too late to begin.
        let latestStart: Deadline
        /// What is to work for it, as soon as it is its turn.
        let process = Monitor<RenderProcess?>(nil)

        init(number: UInt64, cost: RenderCost, latestStart: Deadline) {
            (self.number, self.cost, self.latestStart) = (number, cost, latestStart)
        }
    }

    /// Changes what is known of jobs and processes, and lets in whoever may begin by it.
    func change(_ body: (inout State) -> Void) {
        state.update { state in
            body(&state)
            state.letIn()
        }
    }

    /// Why a request would be refused of which nobody knows what it will cost; `nil` where it may come. Cheap: it is for
    /// those who have yet to fetch the original.
    package func refusal(until deadline: Deadline) -> RenderRefusal? {
        let now = Deadline.now
        let time = Self.seconds(from: now, to: deadline)
        return state.withLock { $0.gate.refusal(of: .least, time: time, now: now) }?.scattered()
    }

    /// What to tell who is sent away because too many wait already, here or for an origin.
    package func refusalOfAnybody() -> RenderRefusal? {
        state.withLock { $0.gate.refusalOfAnybody(now: .now) }?.scattered()
    }

    /// How many jobs wait in the lane at the moment.
    package func waiting(in lane: RenderLane) -> Int { state.withLock { $0.gate.waiting(lane) } }

    func enter(
        _ cost: RenderCost, until deadline: Deadline, _ limit: Duration?
    ) throws(RenderPoolError) -> Entrance {
        let now = Deadline.now
        let time = Self.seconds(from: now, to: deadline)
        let longest = limit.map { $0.milliseconds / 1000 } ?? time
        return try state.withLock { state throws(RenderPoolError) in
            guard cost.bytes <= state.gate.settings.largestJob else {
                throw .tooLarge(maximum: state.gate.settings.largestJob)
            }
            let number: UInt64
            do throws(RenderRefusal) {
                number = try state.gate.enter(cost, time: time, now: now)
            } catch {
                throw .refused(error.scattered())
            }
            let expected = min(state.gate.expectedTime(of: cost), longest, time)
            let entrance = Entrance(number: number, cost: cost, latestStart: now.later(by: .seconds(time - expected)))
            state.waiting[number] = entrance
            state.letIn()
            return entrance
        }
    }

    /// Waits for the job's turn and a process. It has left the gate where this throws.
    func begin(_ entrance: Entrance) throws(RenderPoolError) -> RenderProcess {
        if let process = entrance.process.wait(until: entrance.latestStart, { $0 }) { return process }
        var isEmpty = false
        change { state in
            // Not if it was let in at the last moment.
            guard state.waiting.removeValue(forKey: entrance.number) != nil else { return }
            state.gate.leave(entrance.number)
            isEmpty = state.idle.isEmpty && state.gate.running.isEmpty
        }
        if let process = entrance.process.withLock({ $0 }) { return process }
        guard !isEmpty else { throw .noneFree }
        let wait = state.withLock { $0.gate.expectedWait(of: entrance.cost, now: .now) }
        throw .refused(RenderRefusal(lane: entrance.cost.lane, reason: .late, retryAfter: wait).scattered())
    }

    private static func seconds(from now: Deadline, to deadline: Deadline) -> Double {
        max(0, Double(deadline.nanoseconds) - Double(now.nanoseconds)) / 1e9
    }
}

extension RenderPool.State {
    /// Gives processes to all whose turn it is.
    mutating func letIn() {
        defer { metronome?.beat(gate.fillsProcessors) }
        while true {
            let favoured = favouredIdle
            guard let number = gate.next(ordinary: idle.count - favoured, favoured: favoured),
                let entrance = waiting[number], let process = takeIdle(for: entrance.cost.lane)
            else { return }
            waiting[number] = nil
            gate.begin(number, now: .now)
            entrance.process.update { $0 = process }
        }
    }
}
