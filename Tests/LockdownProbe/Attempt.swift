import CRawCalls
import Glibc

/// Something that a decoder which was taken over would try; and, at the end, what it has to be able to do.
enum Attempt: String, CaseIterable {
    case readSecret, listFolder, listProcesses, write, append, makeFile, makeFolder, rename, remove, link, truncate,
        chmod
    case internetSocket, unixSocket, socketPair, sendElsewhere
    case fork, spawn, killParent, killGroup, raiseLimit, raisePriority, executableFile, codeFromData
    case sharedCode, setOwner, setOwnerWithJunk, setOwnerByStructure, setSignal, sendSignals, lengthen, allocate
    // These end the process that tries.
    case program, programByDescriptor, trace, readParent, ring, bpf, openByHandle, mount, newNamespace, becomeUser
    // These are allowed.
    case readAllowed, thread, sharedMemory, freshCode, libraryCode, notBlocking, duplicate

    /// 0 if it was possible, else the error.
    func make(_ place: Place) -> Int32 {
        switch self {
        case .readSecret, .listFolder, .listProcesses, .write, .append, .makeFile, .makeFolder, .rename, .remove, .link,
            .truncate, .chmod, .readAllowed:
            tryFiles(place)
        case .internetSocket: Self.error(of: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        case .unixSocket: Self.error(of: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        case .socketPair: Self.error(of: Self.pair())
        case .killParent: Self.error(of: kill(getppid(), 0))
        case .killGroup: Self.error(of: kill(0, 0))
        case .codeFromData: Self.code(from: PROT_READ | PROT_WRITE)
        case .freshCode: Self.code(from: PROT_READ | PROT_WRITE | PROT_EXEC)
        case .sharedCode: Self.code(from: PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED)
        case .libraryCode: Self.code(from: PROT_READ | PROT_EXEC)
        case .setOwner, .setOwnerWithJunk, .setOwnerByStructure, .setSignal, .sendSignals, .lengthen, .allocate,
            .notBlocking, .duplicate:
            tryDescriptor()
        case .thread: Self.startThread()
        default: tryRawly()
        }
    }

    private func tryFiles(_ place: Place) -> Int32 {
        switch self {
        case .readSecret: Self.error(of: open(place.secret, O_RDONLY))
        case .listFolder: Self.error(of: open(place.folder, O_RDONLY | O_DIRECTORY))
        case .listProcesses: Self.error(of: open("/proc", O_RDONLY | O_DIRECTORY))
        case .write: Self.error(of: open(place.allowed, O_WRONLY))
        case .append: Self.error(of: open(place.allowed, O_RDWR | O_APPEND))
        case .makeFile: Self.error(of: open(place.folder + "/new", O_RDWR | O_CREAT, 0o600))
        case .makeFolder: Self.error(of: mkdir(place.folder + "/new", 0o700))
        case .rename: Self.error(of: Glibc.rename(place.secret, place.folder + "/new"))
        case .remove: Self.error(of: unlink(place.secret))
        case .link: Self.error(of: Glibc.link(place.secret, place.folder + "/new"))
        case .truncate: Self.error(of: Glibc.truncate(place.allowed, 0))
        case .chmod: Self.error(of: Glibc.chmod(place.allowed, 0o777))
        default: Self.error(of: open(place.allowed, O_RDONLY))
        }
    }

    /// Where glibc has nothing for it, or would do more than that.
    private func tryRawly() -> Int32 {
        switch self {
        case .sendElsewhere: Self.call(APUS_RAW_SENDMSG, Int(STDOUT_FILENO))
        case .fork: Int32(-apus_raw_child(Int(APUS_RAW_CLONE.rawValue), Int(SIGCHLD)))
        case .spawn: Int32(-apus_raw_child(Int(APUS_RAW_CLONE3.rawValue), 0))
        case .raiseLimit: Self.call(APUS_RAW_PRLIMIT64, 0, 0, apus_address("0123456789abcdef"))
        case .raisePriority: Self.call(APUS_RAW_SETPRIORITY)
        case .executableFile: Self.call(APUS_RAW_MEMFD_CREATE, apus_address("x"), 0x10)
        case .program: Self.call(APUS_RAW_EXECVE, apus_address("/bin/true"))
        case .programByDescriptor: Self.call(APUS_RAW_EXECVEAT, -1, apus_address("/bin/true"))
        case .trace: Self.call(APUS_RAW_PTRACE, 16, Int(getppid()))
        case .readParent: Self.call(APUS_RAW_PROCESS_VM_READV, Int(getppid()))
        case .ring: Self.call(APUS_RAW_IO_URING_SETUP, 1)
        case .bpf: Self.call(APUS_RAW_BPF)
        case .openByHandle: Self.call(APUS_RAW_OPEN_BY_HANDLE_AT, -1)
        case .mount: Self.call(APUS_RAW_MOUNT)
        case .newNamespace: Self.call(APUS_RAW_UNSHARE, 0x1000_0000)
        case .becomeUser: Self.call(APUS_RAW_SETUID)
        default: Self.call(APUS_RAW_MEMFD_CREATE, apus_address("x"), 0x3)
        }
    }

    /// What can be done with a descriptor that is open; F_SETSIG is 10, F_SETOWN_EX 15.
    private func tryDescriptor() -> Int32 {
        let (descriptor, junk) = (Int(Place.descriptor), 1 << 40)
        return switch self {
        case .setOwner: Self.call(APUS_RAW_FCNTL, descriptor, Int(F_SETOWN), Int(getppid()))
        // The kernel does not look above the lower half.
        case .setOwnerWithJunk: Self.call(APUS_RAW_FCNTL, descriptor, Int(F_SETOWN) | junk, Int(getppid()))
        case .setOwnerByStructure: Self.call(APUS_RAW_FCNTL, descriptor, 15, apus_address("0123456789abcdef"))
        case .setSignal: Self.call(APUS_RAW_FCNTL, descriptor, 10, Int(SIGKILL))
        case .sendSignals: Self.call(APUS_RAW_FCNTL, descriptor, Int(F_SETFL), Int(O_ASYNC | O_NONBLOCK))
        case .lengthen: Self.call(APUS_RAW_FTRUNCATE, descriptor, 4096)
        case .allocate: Self.call(APUS_RAW_FALLOCATE, descriptor, 0, 0)
        case .notBlocking: Self.call(APUS_RAW_FCNTL, descriptor, Int(F_SETFL) | junk, Int(O_NONBLOCK))
        default: Self.call(APUS_RAW_FCNTL, descriptor, Int(F_DUPFD_CLOEXEC), 10)
        }
    }

    private static func call(
        _ number: apus_raw_number, _ first: Int = 0, _ second: Int = 0, _ third: Int = 0
    ) -> Int32 {
        let result = apus_raw_call(Int(number.rawValue), first, second, third, 0, 0)
        return result < 0 ? Int32(-result) : 0
    }

    private static func error(of result: Int32) -> Int32 { result < 0 ? errno : 0 }

    private static func pair() -> Int32 {
        var ends: [Int32] = [-1, -1]
        return socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends)
    }

    /// Memory with `protection` that is made code.
    private static func code(from protection: Int32, _ sharing: Int32 = MAP_PRIVATE) -> Int32 {
        guard let memory = mmap(nil, 4096, protection, sharing | MAP_ANONYMOUS, -1, 0), memory != MAP_FAILED
        else { return errno }
        return protection & PROT_EXEC != 0 ? 0 : error(of: mprotect(memory, 4096, PROT_READ | PROT_EXEC))
    }

    private static func startThread() -> Int32 {
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { _ in nil }, nil)
        if code == 0 { pthread_join(thread, nil) }
        return code
    }
}

/// What there is to try it on.
struct Place {
    /// One that is open.
    static let descriptor = STDOUT_FILENO
    /// A file that must be out of reach.
    let secret: String
    /// A file that may be read.
    let allowed: String
    /// The folder of the secret.
    let folder: String
}
