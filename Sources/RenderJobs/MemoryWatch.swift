/// What the worker lets a job hold that draws something, in bytes above what the process held before.
struct JobMemory {
    /// What the gate has counted for it.
    let counted: Int
    /// The most of any job, whatever the process says of it.
    let most: Int
    /// Asks for more: gives what the job may hold then, which is less than asked for where others need it.
    let grow: (Int) -> Int
}

/// Looks at what a process holds while it draws.
struct MemoryWatch {
    /// Bytes that are asked for at once by one that needs more.
    private static let growth = 16_000_000

    private let memory: JobMemory
    private var granted: Int
    private var timesLeft = DrawingMemory.mostTold
    private var limit: DrawingMemory?
    /// What the process held when the job began, in bytes.
    var start = 0

    init(_ memory: JobMemory) {
        self.memory = memory
        granted = memory.counted
    }

    /// Whether anything is drawn.
    var isNeeded: Bool { limit != nil }

    /// Whether the message says what the job may hold.
    mutating func takes(_ message: [UInt8]) -> Bool {
        guard timesLeft > 0, let told = try? DrawingMemory(message: message) else { return false }
        (limit, timesLeft) = (told.capped(to: memory.most), timesLeft - 1)
        return true
    }

    /// - Parameter held: by the process now, in bytes.
    mutating func check(_ held: Int) throws(RenderProcess.Loss) {
        guard let limit else { return }
        let own = held - start
        guard own <= limit.most else { throw .outgrown(maximum: limit.most) }
        if own > granted { granted = memory.grow(min(own + Self.growth, limit.most)) }
        guard own <= granted else { throw .crowded }
    }
}
