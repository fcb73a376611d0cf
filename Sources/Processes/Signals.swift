import CLinux
package import Deadlines
import Glibc

/// A set of signals that this process takes one at a time, by waiting, and never in the middle of something else.
package struct Signals {
    private var set: sigset_t

    /// Blocks `numbers` for this thread and every thread that it makes from now on: call it first thing in `main`.
    package init(blocking numbers: [Int32]) {
        set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// The next signal, or `nil` once the deadline has passed.
    package mutating func wait(until deadline: Deadline) -> Int32? {
        while true {
            let left = deadline.remaining.wholeNanoseconds
            var timeout = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
            let number = sigtimedwait(&set, nil, &timeout)
            if number > 0 { return number }
            if errno != EINTR { return nil }
        }
    }

    /// A client that has gone must not end the process: writing then fails with `EPIPE` instead.
    package static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }
}
