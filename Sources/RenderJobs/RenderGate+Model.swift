package import Deadlines

/// How long a job would wait, and whether it is worth it.
extension RenderGate {
    /// Why a job would not be let in now; `nil` where it would.
    ///
    /// - Parameter time: until its deadline, in seconds.
    package func refusal(of cost: RenderCost, time: Double, now: Deadline) -> RenderRefusal? {
        let wait = expectedWait(of: cost, now: now)
        // Who finds a place at once may try, whatever the estimate says.
        guard wait > 0 else { return nil }
        let end = wait + expectedTime(of: cost)
        if waiting(cost.lane) >= settings.queues[cost.lane] ?? 1 {
            let oneBegins = wait / Double(waiting(cost.lane) + 1)
            return RenderRefusal(lane: cost.lane, reason: .full, retryAfter: max(oneBegins, end - time))
        }
        guard end > time else { return nil }
        return RenderRefusal(lane: cost.lane, reason: .late, retryAfter: end - time)
    }

    /// For who is sent away before it is known what he wants, because of all who wait: when the first of them will have
    /// begun. `nil` where nobody waits here.
    package func refusalOfAnybody(now: Deadline) -> RenderRefusal? {
        let refusals = RenderLane.allCases.compactMap { lane -> RenderRefusal? in
            guard let first = queues[lane]?.first else { return nil }
            let oneBegins = expectedWait(of: first.cost, now: now) / Double(waiting(lane) + 1)
            return RenderRefusal(lane: lane, reason: .full, retryAfter: oneBegins)
        }
        return refusals.min { $0.retryAfter < $1.retryAfter }
    }

    /// For a job at work that needs more memory than others leave: when the next of these will have ended.
    package func refusal(ofGrowing number: UInt64, now: Deadline) -> RenderRefusal? {
        guard let job = running[number] else { return nil }
        let others = running.filter { $0.key != number }.values.map { remaining($0, now) }
        return RenderRefusal(lane: job.cost.lane, reason: .memory, retryAfter: others.min() ?? 0)
    }

    /// Seconds that the job will be at work, by what such jobs took of late.
    package func expectedTime(of cost: RenderCost) -> Double {
        cost.seconds * ratio(of: cost.lane)
    }

    /// Seconds until the job would begin if it came now; 0 where it finds a place.
    package func expectedWait(of cost: RenderCost, now: Deadline) -> Double {
        let ahead = work(ahead: cost, now)
        if ahead.jobs >= ahead.places { return ahead.seconds / Double(ahead.places) }
        guard cost.lane != .fast, !fits(cost) else { return 0 }
        // It waits for memory: as long as the next one takes that holds some, or for all of them.
        let times = running.values.map { remaining($0, now) }
        return (runsAlone(cost) ? times.max() : times.min()) ?? 0
    }

    /// Jobs before it, at work or waiting, the seconds that they will take, and the places that work them off.
    private func work(ahead cost: RenderCost, _ now: Deadline) -> (jobs: Int, seconds: Double, places: Int) {
        let isFast = cost.lane == .fast
        let atWork = running.values.filter { ($0.cost.lane == .fast) == isFast }
        var seconds = atWork.reduce(0) { $0 + remaining($1, now) }
        var jobs = atWork.count
        let own = queued(cost.lane)
        (jobs, seconds) = (jobs + own.jobs, seconds + own.seconds)
        guard !isFast else {
            let places = settings.places - max(slowRunning, waiting(.heavy) + waiting(.animated) > 0 ? 1 : 0)
            return (jobs, seconds, max(1, min(settings.processors, places)))
        }
        // Both slow lanes take turns, so that of the other one as much goes first as of this one.
        let other = queued(cost.lane == .heavy ? .animated : .heavy)
        seconds += min(other.seconds, own.seconds + expectedTime(of: cost))
        jobs += other.jobs
        let places = waiting(.fast) > 0 ? max(1, settings.processors / 2) : settings.processors
        return (jobs, seconds, places)
    }

    private func queued(_ lane: RenderLane) -> (jobs: Int, seconds: Double) {
        let jobs = queues[lane] ?? []
        return (jobs.count, jobs.reduce(0) { $0 + expectedTime(of: $1.cost) })
    }

    /// What takes longer than it should is believed to be nearly done, and never quite.
    private func remaining(_ job: Running, _ now: Deadline) -> Double {
        let expected = expectedTime(of: job.cost)
        let elapsed = Double(now.nanoseconds - job.since.nanoseconds) / 1e9
        return max(expected - elapsed, expected / 8)
    }
}
