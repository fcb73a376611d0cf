import Glibc

/// The time of day.
enum WallClockSeconds {
    static var now: Int64 { Int64(time(nil)) }
}
