/// What the worker lets a job hold, in bytes above what the process held before.
struct JobMemory {
    /// What the gate has counted for it.
    let counted: Int
    /// The most of any job, whatever the process says of it.
    let most: Int
    /// What it may hold by what the worker knows; `nil`: nobody knows.
    let limit: MemoryLimit?
    /// Asks for more: gives what the job may hold then, which is less than asked for where others need it.
    let grow: (Int) -> Int
}

/// Looks at what a process holds while it works: a few bytes of a file may unfold to gigabytes that no header tells of.
struct MemoryWatch {
    /// Bytes that are asked for at once by one that needs more.
    private static let growth = 16_000_000
    /// What one that draws nothing may hold though others have the memory: so many times what was counted, and so many bytes
    /// more. Its estimate is not exact, but tells of most of it.
    private static let excess = (times: 2, bytes: 64_000_000)

    private let memory: JobMemory
    private var granted: Int
    private var timesLeft = MemoryLimit.mostTold
    private var most: Int
    /// Whether the process has said what it draws.
    private var draws = false
    /// What the process held when the job began, in bytes.
    private let start: Int

    /// - Parameter start: what the process holds now that the job begins, in bytes.
    init(_ memory: JobMemory, start: Int) {
        self.memory = memory
        self.start = start
        granted = memory.counted
        most = min(memory.most, memory.limit?.most ?? memory.most)
    }

    /// Whether the message says what the job may hold.
    mutating func takes(_ message: [UInt8]) -> Bool {
        guard timesLeft > 0, let told = try? MemoryLimit(message: message) else { return false }
        (most, timesLeft, draws) = (min(memory.most, told.most), timesLeft - 1, true)
        return true
    }

    /// - Parameter held: by the process now, in bytes.
    mutating func check(_ held: Int) throws(RenderProcess.Loss) {
        let own = held - start
        guard own <= most else { throw .outgrown(maximum: most) }
        guard own > granted else { return }
        granted = memory.grow(min(own + Self.growth, most))
        guard own <= granted || (!draws && own <= excused) else { throw .crowded }
    }

    private var excused: Int {
        let (times, bytes) = Self.excess
        return memory.counted < (memory.most - bytes) / times ? memory.counted * times + bytes : memory.most
    }
}
