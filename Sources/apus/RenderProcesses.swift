import Configuration
import Glibc
import Logging
import PictureHeaders
import Processes
import RenderJobs

extension RenderPool {
    /// Render processes of the program that lies beside this one.
    ///
    /// - Parameter directory: a folder of this user's.
    convenience init(
        directory: String, count: Int, settings: RenderSettings = RenderSettings(),
        admission: RenderAdmission = RenderAdmission(), metronome: Metronome? = nil
    ) {
        let program = ThisProcess.programPath(of: CommandLine.arguments[0])
        let folder = program[...(program.lastIndex(of: "/") ?? program.startIndex)]
        self.init(
            program: folder + "apus-render", directory: directory, environment: Self.processEnvironment, count: count,
            settings: settings, admission: admission, metronome: metronome)
    }

    /// Says what this kernel does not let render processes give up, so that somebody can decide whether that is enough.
    func tellOfConfinement(_ logger: Logger) {
        guard let confinement, !confinement.isComplete else { return }
        logger.warning(
            "render processes are not locked in as they should be", metadata: ["they have": "\(confinement)"])
    }

    /// Of this process' environment nothing but what C libraries look for: secrets stay here.
    private static var processEnvironment: [String: String] {
        var environment = environmentVariables().filter {
            ["PATH", "HOME", "LANG", "TZ", "LD_LIBRARY_PATH"].contains($0.key)
        }
        // libimagequant's OpenMP threads would spin beside each other.
        environment["OMP_NUM_THREADS"] = "1"
        environment["LD_PRELOAD"] = allocator
        // What is mapped counts for the limit of each (`ThisProcess.limitMemory`), so that nothing is kept back, nor are there
        // arenas (of 2 MB at least) for every processor of a host of which this may use two.
        environment["MALLOC_CONF"] = "retain:false,narenas:4"
        // A crash is an end: nothing else is started to describe it, which would not be allowed anyway.
        environment["SWIFT_BACKTRACE"] = "enable=no"
        return environment
    }

    /// jemalloc where it is installed: glibc's allocator keeps what big pictures have left behind (design §5).
    private static var allocator: String? {
        ["x86_64-linux-gnu", "aarch64-linux-gnu"].map { "/usr/lib/\($0)/libjemalloc.so.2" }.first {
            access($0, R_OK) == 0
        }
    }
}

extension RenderSettings {
    /// Less than this is not enough for any picture.
    private static let leastMemory = 512_000_000
    /// What a process may hold between two jobs: its libraries, fonts, and what the allocator keeps for the next one.
    private static let mostIdleMemory = 256_000_000
    private static let leastIdleMemory = 96_000_000

    /// What render processes are told of the installation.
    ///
    /// - Parameters:
    ///   - memory: bytes that all of them may use together: no picture may ask for more.
    ///   - count: how many they are on this host.
    init(_ configuration: Configuration, memory: Int, count: Int) {
        self.init()
        let kinds: [(PictureHeader.OptionalKind, Bool)] = [
            (.svg, configuration.loaders.svg), (.pdf, configuration.loaders.pdf), (.heic, configuration.loaders.heic),
        ]
        loaders = Set(kinds.filter(\.1).map(\.0))
        mostMemory = max(Self.leastMemory, memory)
        idleMemory = max(Self.leastIdleMemory, min(Self.mostIdleMemory, memory / max(1, count)))
    }
}
