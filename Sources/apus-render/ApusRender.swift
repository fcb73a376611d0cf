import Glibc
import Rendering

/// Started by workers only: `apus-render DIRECTORY WORKER`, with its end of the socket as descriptor 3.
@main
enum ApusRender {
    static func main() {
        guard CommandLine.arguments.count == 3, let worker = Int32(CommandLine.arguments[2]) else {
            let line = [UInt8]("apus-render is started by apus; there is nothing to run by hand\n".utf8)
            write(STDERR_FILENO, line, line.count)
            exit(64)
        }
        exit(RenderProgram.run(directory: CommandLine.arguments[1], worker: worker))
    }
}
