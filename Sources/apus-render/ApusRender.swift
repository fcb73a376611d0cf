import Glibc
import RenderJobs
import Rendering

/// Started by workers only, with its end of the socket as descriptor 3:
/// `apus-render DIRECTORY WORKER PRIORITY LOADERS MEMORY`.
@main
enum ApusRender {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let worker = Int32(arguments[2]),
            let priority = RenderPriority(rawValue: arguments[3]),
            let settings = RenderSettings(arguments: arguments[4...])
        else {
            let line = [UInt8]("apus-render is started by apus; there is nothing to run by hand\n".utf8)
            write(STDERR_FILENO, line, line.count)
            exit(64)
        }
        // Nothing that libraries would do at their end is of use, and some of it is not allowed any more.
        _exit(
            RenderProgram.run(
                directory: arguments[1], worker: worker, priority: priority, settings: settings))
    }
}
