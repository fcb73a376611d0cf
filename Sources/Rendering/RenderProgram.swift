import Glibc
import Lockdown
import PictureHeaders
import Processes
package import RenderJobs
import Vips

/// The whole of `apus-render`: a process that decodes, transforms and encodes, one picture at a time, with nothing but
/// memory in and memory out.
package enum RenderProgram {
    /// Runs until the worker is gone; returns the exit status.
    ///
    /// - Parameters:
    ///   - directory: where the folder of libvips' modules is made.
    ///   - worker: the process that has started this one, and whose end is this one's.
    package static func run(
        directory: String, worker: Int32, priority: RenderPriority, settings: RenderSettings
    ) -> Int32 {
        // A worker that was killed takes its render processes along.
        guard ThisProcess.endWithParent(worker, signal: SIGKILL) else { return 0 }
        switch priority {
        case .idle: ThisProcess.runWhenIdle()
        case .favoured: ThisProcess.runInBackground()
        }
        Signals.ignoreBrokenPipes()
        ThisProcess.endWithoutMemory(status: RenderProcessLoop.statusWithoutMemory)
        var log = STDERR_FILENO
        do {
            if let home = VipsLibrary.makeModuleFolder(in: directory) { setenv(VipsLibrary.homeVariable, home, 1) }
            try VipsLibrary.start(without: Set(PictureHeader.OptionalKind.allCases).subtracting(settings.loaders))
            let renderer = Renderer()
            let loop = RenderProcessLoop(socket: MessageSocket(adopting: RenderProcessLoop.socketDescriptor))
            // The log is a file, and whoever may write to it may as well empty it.
            log = try ThisProcess.silence()
            try loop.greet(lockIn(settings))
            close(log)
            log = STDERR_FILENO
            try loop.run { job, original, inputs in
                do throws(RenderFailure) {
                    return .success(try renderer.render(job, original, inputs, telling: loop.tell))
                } catch {
                    return .failure(error)
                }
            }
            return 0
        } catch {
            let line = [UInt8]("apus-render: \(error)\n".utf8)
            write(log, line, line.count)
            return 1
        }
    }

    /// From here on a picture that takes this process over has nothing but the next job.
    private static func lockIn(_ settings: RenderSettings) throws(LockdownError) -> Confinement {
        if settings.mostMemory > 0 { ThisProcess.limitMemory(to: settings.mostMemory) }
        return try Lockdown(readable: NeededFiles.list, socket: RenderProcessLoop.socketDescriptor).enter()
    }
}
