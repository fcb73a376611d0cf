import Processes

/// Runs `body` on so many threads at once, each with its number, and returns when all are done.
func withThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) throws {
    var threads: [WorkThread] = []
    defer { for thread in threads { thread.join() } }
    for number in 0..<count { threads.append(try WorkThread(named: "client-\(number)") { body(number) }) }
}
