import Glibc
import Transformation

/// CPU time of reading requests: path and query, transformation, plan, canonical text. One line each: median and slowest
/// of all runs in µs, name.
///
/// With folders as arguments, every file in them is a request; shown is the slowest of them, each by its fastest run.
@main
enum MeasureParsing {
    private static let runs = 10_000
    private static let slowRuns = 200
    private static let fileRuns = 5

    static func main() {
        let folders = CommandLine.arguments.dropFirst()
        if folders.isEmpty {
            for request in Request.typical { report(request, runs: runs) }
            for request in Request.atTheLimit { report(request, runs: slowRuns) }
        }
        for folder in folders { reportSlowest(in: folder) }
    }

    private static func report(_ request: Request, runs: Int) {
        let times = times(of: request, runs: runs)
        print(microseconds(times[times.count / 2]), microseconds(times[times.count - 1]), request.name)
    }

    private static func reportSlowest(in folder: String) {
        let measured = Request.files(in: folder).map { (times(of: $0, runs: fileRuns)[0], $0) }
        guard let (time, request) = measured.max(by: { $0.0 < $1.0 }) else { return }
        print(microseconds(time), microseconds(time), "\(request.name), the slowest of \(measured.count)")
    }

    /// Nanoseconds, sorted.
    private static func times(of request: Request, runs: Int) -> [Int] {
        (0..<runs).map { _ in
            let start = nanoseconds()
            let length = request.read()
            let time = nanoseconds() - start
            precondition(request.isRefused == nil || (length == nil) == request.isRefused, request.name)
            return time
        }
        .sorted()
    }

    /// CPU time of this process.
    private static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func microseconds(_ nanoseconds: Int) -> String {
        "\(nanoseconds / 1_000).\(nanoseconds / 100 % 10)"
    }
}
