import Glibc
import Lockdown
import Processes

/// Locks itself in as a render process does, tries one thing, and says what came of it:
/// `lockdown-probe ATTEMPT FOLDER`, where the folder has the files `secret` and `allowed`.
@main
enum LockdownProbe {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let attempt = Attempt(rawValue: arguments[1]) else { exit(64) }
        let folder = arguments[2]
        let place = Place(secret: folder + "/secret", allowed: folder + "/allowed", folder: folder)
        let confinement = try Lockdown(readable: [place.allowed, folder + "/missing"], socket: 3).enter()
        print("\(confinement.landlock) \(confinement.filtersCalls) \(attempt.make(place))")
    }
}
