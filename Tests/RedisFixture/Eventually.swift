import Deadlines
import Glibc

/// Waits until something becomes true that has no event of its own. False when it did not within the time a test has.
package func eventually<Failure: Error>(
    within patience: Duration = RedisServer.patience,
    _ condition: () throws(Failure) -> Bool
) throws(Failure) -> Bool {
    let deadline = Deadline(in: patience)
    while try !condition() {
        if deadline.hasPassed { return false }
        usleep(1_000)
    }
    return true
}
