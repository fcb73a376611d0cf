import Glibc

/// An open descriptor and its owner, which closes it.
struct Descriptor: ~Copyable {
    let number: Int32

    /// Takes the result of the system call that was to open it.
    init(call: String, _ number: Int32) throws(MetricsError) {
        guard number >= 0 else { throw MetricsError(call: call, errno: errno) }
        self.number = number
    }

    deinit {
        close(number)
    }
}
