import Glibc
import Processes
import RenderJobs

extension RenderPool {
    /// Render processes of the program that lies beside this one.
    ///
    /// - Parameter directory: a folder of this user's.
    convenience init(directory: String, count: Int) {
        let program = ThisProcess.programPath(of: CommandLine.arguments[0])
        let folder = program[...(program.lastIndex(of: "/") ?? program.startIndex)]
        self.init(
            program: folder + "apus-render", directory: directory, environment: Self.processEnvironment, count: count)
    }

    /// Of this process' environment nothing but what C libraries look for: secrets stay here.
    private static var processEnvironment: [String: String] {
        var environment = environmentVariables().filter {
            ["PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH"].contains($0.key)
        }
        // libimagequant's OpenMP threads would spin beside each other.
        environment["OMP_NUM_THREADS"] = "1"
        environment["LD_PRELOAD"] = allocator
        return environment
    }

    /// jemalloc where it is installed: glibc's allocator keeps what big pictures have left behind (design §5).
    private static var allocator: String? {
        ["x86_64-linux-gnu", "aarch64-linux-gnu"].map { "/usr/lib/\($0)/libjemalloc.so.2" }.first {
            access($0, R_OK) == 0
        }
    }
}
