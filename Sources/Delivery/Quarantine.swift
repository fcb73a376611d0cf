import Deadlines
import Digests
import Glibc
package import RenderJobs
import Synchronization

/// The originals that what decodes them has died of, twice within a while: they are not decoded again for as long.
///
/// All workers of a host share it, through memory that outlives each of them: an attempt is marked before it begins and
/// unmarked when it has ended, so the one mark that a worker leaves behind that died counts as a death, too. Nothing here waits or
/// fails; what there is no room for is forgotten.
package final class Quarantine: Sendable {
    /// How long a death is remembered, and how long a verdict holds from the last of them on.
    package static let duration: Duration = .seconds(600)
    /// So many, and it is not tried any more.
    private static let deaths: UInt64 = 2

    /// Why it is not shared, if it should be.
    package let failure: QuarantineFile.Failure?
    private let memory: QuarantineMemory
    /// Nobody outside knows where in the memory an original has its place, so nobody can choose one that has the same.
    private let salt: String
    private let owner: UInt64
    private let now: @Sendable () -> UInt64

    /// That of this process alone.
    package convenience init() {
        self.init(QuarantineMemory(), failure: nil)
    }

    /// The one that all processes share which name the same folder: the instance's state folder. What cannot be shared is
    /// of this process alone.
    package convenience init(sharedIn folder: String) {
        do throws(QuarantineFile.Failure) {
            self.init(try QuarantineFile(in: folder).map(), failure: nil)
        } catch {
            self.init(QuarantineMemory(), failure: error)
        }
    }

    /// - Parameters:
    ///   - process: whose attempts these are.
    ///   - now: seconds on the wall clock.
    package init(
        _ memory: QuarantineMemory, process: Int32 = getpid(), failure: QuarantineFile.Failure? = nil,
        now: @escaping @Sendable () -> UInt64 = { UInt64(clamping: time(nil)) }
    ) {
        self.memory = memory
        self.failure = failure
        self.now = now
        salt = memory.salt
        owner = ProcessMark(id: process).number
    }

    /// One state of one original, or of several that go into one picture.
    package struct Key: Sendable {
        fileprivate let number: UInt64
    }

    /// - Parameter identities: keys and states of all that is decoded, and what else tells it apart.
    package func key(_ identities: [String]) -> Key {
        let bytes = Digest.of("quarantine", [salt] + identities).bytes
        return Key(number: bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } | 1)
    }

    /// Whether it is not to be decoded at the moment.
    package func holds(_ key: Key) -> Bool {
        memory.deaths(of: key.number, at: now()) >= Self.deaths
    }

    /// Watches over the attempts at a picture. What a process died of by itself is held against the originals; that it took
    /// too long, that it was killed from outside, and that a worker died over it only against this picture of them, because
    /// others may well be quick, small, and without what is laid over it here.
    package func witness(of originals: Key, picture: Key) -> RenderWitness {
        RenderWitness { [self] in
            inherit(picture)
            guard !holds(originals), !holds(picture) else { return nil }
            let mark = memory.mark(picture.number, owner: owner, isDead: Self.isDead)
            return { [self] end in
                if let mark { memory.unmark(mark) }
                switch end {
                case .alive: break
                case .died: count(originals)
                case .late, .killed: count(picture)
                }
            }
        }
    }

    /// What this process itself reads of originals, under the same watch: it would be the one that died.
    ///
    /// - Returns: `nil` where they are not to be read at the moment.
    package func watching<Result>(of originals: Key, picture: Key, _ body: () -> Result) -> Result? {
        guard let end = witness(of: originals, picture: picture).begin() else { return nil }
        defer { end(.alive) }
        return body()
    }

    private func count(_ key: Key) {
        memory.addDeath(of: key.number, at: now(), for: UInt64(Self.duration.components.seconds))
    }

    /// What workers left behind that died while they were at it, and at nothing else.
    private func inherit(_ key: Key) {
        for _ in 0..<memory.takeMarks(of: key.number, where: Self.isDead) { count(key) }
    }

    private static func isDead(_ owner: UInt64) -> Bool { !ProcessMark(number: owner).isAlive }
}

/// A process, so that another one which gets its number later is not taken for it.
struct ProcessMark {
    let number: UInt64

    init(number: UInt64) {
        self.number = number
    }

    init(id: Int32) {
        number = UInt64(UInt32(bitPattern: id)) << 32 | Self.startTime(of: id)
    }

    var isAlive: Bool {
        let id = Int32(truncatingIfNeeded: number >> 32)
        guard id > 0, kill(id, 0) == 0 || errno == EPERM else { return false }
        return Self(id: id).number == number
    }

    /// proc(5): the 22nd field of `stat`, the name being the 2nd. 0 where it is not to be known.
    private static func startTime(of id: Int32) -> UInt64 {
        guard let file = fopen("/proc/\(id)/stat", "re") else { return 0 }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = fread(&bytes, 1, bytes.count, file)
        guard let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return 0 }
        let fields = bytes[(end + 1)..<count].split(separator: UInt8(ascii: " "))
        guard fields.count > 19 else { return 0 }
        return (UInt64(String(decoding: fields[19], as: UTF8.self)) ?? 0) & 0xFFFF_FFFF
    }
}
