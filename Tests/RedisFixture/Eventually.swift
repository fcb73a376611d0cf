import Deadlines
import Glibc

/// Waits until something becomes true that has no event of its own. False when it did not within the time a test has.
package func eventually(within patience: Duration = RedisServer.patience, _ condition: () -> Bool) -> Bool {
    let deadline = Deadline(in: patience)
    while !condition() {
        if deadline.hasPassed { return false }
        usleep(1_000)
    }
    return true
}
