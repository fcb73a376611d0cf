package import Deadlines

/// Who is let in to the render processes, and when: lanes, memory, and a model of the time that a job would wait. It knows
/// no thread and no process, and no clock but the moments that it is told.
///
/// With N processors there are N places for everything and one more that only the fast lane may use, so that heavy work
/// alone uses all processors and a thumbnail still finds a free process. Where both lanes want more, the slow ones
/// (heavy, animated) keep half of the places, and the fast one gets the others.
///
/// A job that needs nearly all memory runs alone: when no slow one is at work, no fast one begins until it has. Those that
/// came while it was at work go before the next of its kind.
package struct RenderGate: Sendable {
    package struct Settings: Sendable, Equatable {
        /// Places for everything, at least 1.
        package let processors: Int
        /// Places more, for the fast lane alone: 1 or 0.
        package let fastPlaces: Int
        /// Bytes that all jobs at work may hold together where there are several.
        package let memory: Int
        /// The most that one job may hold: without others it has all that is granted.
        package let largestJob: Int
        /// Jobs that may wait in each lane.
        package let queues: [RenderLane: Int]

        /// What each render process holds before it has done anything, and what it keeps after a job: bytes.
        package static let processBytes = 40_000_000

        /// - Parameters:
        ///   - memory: bytes that all render processes may use together.
        ///   - waiting: jobs that may wait in all lanes together.
        package init(processors: Int, hasFastPlace: Bool, memory: Int, waiting: Int) {
            self.processors = max(1, processors)
            fastPlaces = hasFastPlace ? 1 : 0
            largestJob = max(0, memory)
            let idle = (self.processors + fastPlaces) * Self.processBytes
            self.memory = max(largestJob / 2, largestJob - idle)
            // What is heavy waits long; it shall not fill the slots that wait.
            queues = [.fast: max(1, waiting), .heavy: max(1, waiting / 2), .animated: max(1, waiting / 4)]
        }

        package var places: Int { processors + fastPlaces }

        /// What the slow lanes leave to the fast one.
        package var fastReserve: Int { min(memory / 4, 2 * RenderCost.fastBytes) }

        /// The most that a slow job may hold beside others.
        package var largestBesideOthers: Int { memory - fastReserve }
    }

    struct Waiting: Sendable {
        let number: UInt64
        let cost: RenderCost
    }

    struct Running: Sendable {
        let cost: RenderCost
        let since: Deadline
        /// What it may hold: what its cost says, or more of what it has asked for since.
        var bytes: Int
    }

    package let settings: Settings
    private(set) var queues: [RenderLane: [Waiting]] = [:]
    private(set) var running: [UInt64: Running] = [:]
    private var ratios: [RenderLane: MeasuredRatio] = [:]
    /// Of the two slow lanes the one that began a job last.
    private var lastSlow = RenderLane.animated
    private var nextNumber: UInt64 = 0
    /// The last job that came before one ended that had run alone.
    private var lastBeforeNextAlone: UInt64 = 0

    package init(_ settings: Settings) {
        self.settings = settings
    }

    // MARK: What happens to a job

    /// A job comes, and waits from now on.
    ///
    /// - Parameter time: until its deadline, in seconds.
    package mutating func enter(_ cost: RenderCost, time: Double, now: Deadline) throws(RenderRefusal) -> UInt64 {
        if let refusal = refusal(of: cost, time: time, now: now) { throw refusal }
        nextNumber += 1
        queues[cost.lane, default: []].append(Waiting(number: nextNumber, cost: cost))
        return nextNumber
    }

    /// The job that is to begin next; `nil` where none may.
    ///
    /// - Parameters:
    ///   - ordinary: processes without work.
    ///   - favoured: those of them that work for the fast lane alone, which are not among `ordinary`.
    package func next(ordinary: Int, favoured: Int) -> UInt64? {
        if let fast = queues[.fast]?.first, ordinary + favoured > 0, running(.fast) < fastLimit,
            running.count < limit, fastFits(fast)
        {
            return fast.number
        }
        guard let slow = nextSlow, ordinary > 0, slowRunning < settings.processors, running.count < limit,
            fits(slow.cost)
        else { return nil }
        return slow.number
    }

    /// The job has got a process. Only for what `next` has given.
    package mutating func begin(_ number: UInt64, now: Deadline) {
        for lane in RenderLane.allCases {
            guard let index = queues[lane]?.firstIndex(where: { $0.number == number }),
                let job = queues[lane]?.remove(at: index)
            else { continue }
            running[number] = Running(cost: job.cost, since: now, bytes: job.cost.bytes)
            if lane != .fast { lastSlow = lane }
        }
    }

    /// The job waits no longer and has not begun.
    package mutating func leave(_ number: UInt64) {
        for lane in RenderLane.allCases { queues[lane]?.removeAll { $0.number == number } }
    }

    /// A job at work needs more memory than was counted for it. What there is of that is its own until it ends.
    ///
    /// - Returns: what it may hold now, in bytes.
    package mutating func grow(_ number: UInt64, to bytes: Int) -> Int {
        guard let job = running[number] else { return 0 }
        var left = running.count == 1 ? settings.largestJob : settings.memory - (self.bytes - job.bytes)
        if running.count > 1, job.cost.lane != .fast {
            left = min(left, settings.largestBesideOthers - (slowBytes - job.bytes))
        }
        let granted = max(job.bytes, min(bytes, left))
        running[number]?.bytes = granted
        return granted
    }

    /// The job has ended.
    ///
    /// - Parameter took: how long it was at work, in seconds; `nil` where that says nothing.
    package mutating func end(_ number: UInt64, took: Double?) {
        guard let job = running.removeValue(forKey: number) else { return }
        if runsAlone(job.cost) { lastBeforeNextAlone = nextNumber }
        // What was not known says nothing of the machine, and would keep out others of its lane.
        guard let took, job.cost.drawingBytes == 0, !job.cost.isGuessed else { return }
        ratios[job.cost.lane, default: MeasuredRatio()].note(measured: took, estimated: job.cost.seconds)
    }

    /// How much longer than estimated jobs of the lane take.
    package func ratio(of lane: RenderLane) -> Double { ratios[lane]?.value ?? 1 }

    // MARK: Places

    package func running(_ lane: RenderLane) -> Int { running.values.count { $0.cost.lane == lane } }

    package func waiting(_ lane: RenderLane) -> Int { queues[lane]?.count ?? 0 }

    /// Whether there are as many jobs at work as processors.
    package var fillsProcessors: Bool { running.count >= settings.processors }

    package var slowRunning: Int { running.count - running(.fast) }

    private var slowWaiting: Int { waiting(.heavy) + waiting(.animated) }

    /// What the slow lanes get however many want the fast one.
    private var slowShare: Int { min(max(1, settings.processors / 2), slowRunning + slowWaiting) }

    /// Processes at work together: more than there are processors only where fast and slow jobs meet.
    private var limit: Int { slowRunning + slowWaiting > 0 ? settings.places : settings.processors }

    private var fastLimit: Int { max(1, limit - max(slowShare, slowRunning)) }

    /// Of the heads of the two slow lanes the one whose turn it is: that of the lane with fewer at work, in turns.
    private var nextSlow: Waiting? {
        guard let heavy = queues[.heavy]?.first else { return queues[.animated]?.first }
        guard let animated = queues[.animated]?.first else { return heavy }
        let (heavies, animations) = (running(.heavy), running(.animated))
        if heavies != animations { return heavies < animations ? heavy : animated }
        return lastSlow == .heavy ? animated : heavy
    }

    // MARK: Memory

    /// What all jobs at work may hold.
    package var bytes: Int { running.values.reduce(0) { $0 + $1.bytes } }

    private var slowBytes: Int { running.values.reduce(0) { $0 + ($1.cost.lane == .fast ? 0 : $1.bytes) } }

    /// Whether there is too little memory for the job and others.
    func runsAlone(_ cost: RenderCost) -> Bool {
        cost.bytes > (cost.lane == .fast ? settings.memory : settings.largestBesideOthers)
    }

    func fits(_ slow: RenderCost) -> Bool {
        guard !runsAlone(slow) else { return running.isEmpty }
        return slowBytes + slow.bytes <= settings.largestBesideOthers && bytes + slow.bytes <= settings.memory
    }

    /// Where a big job waits, fast ones may have what it leaves, or their reserve: what comes free is the big one's.
    private func fastFits(_ fast: Waiting) -> Bool {
        guard !runsAlone(fast.cost) else { return running.isEmpty }
        guard bytes + fast.cost.bytes <= settings.memory else { return false }
        guard let slow = nextSlow, slowRunning < settings.processors else { return true }
        if runsAlone(slow.cost) { return slowRunning > 0 || fast.number <= lastBeforeNextAlone }
        return fastBytes + fast.cost.bytes <= settings.fastReserve
            || bytes + slow.cost.bytes + fast.cost.bytes <= settings.memory
    }

    private var fastBytes: Int { running.values.reduce(0) { $0 + ($1.cost.lane == .fast ? $1.bytes : 0) } }
}
