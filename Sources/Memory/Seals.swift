/// The seals of an anonymous file, fcntl(2). Glibc offers their names under `_GNU_SOURCE` only, which Swift's import of
/// it does not set; the numbers are part of the kernel's interface.
enum Seals {
    /// `F_ADD_SEALS` and `F_GET_SEALS`.
    static let add: Int32 = 1033
    static let get: Int32 = 1034

    /// `F_SEAL_SHRINK`, `F_SEAL_GROW` and `F_SEAL_WRITE`: neither length nor bytes can change any more.
    static let contents: Int32 = 0x2 | 0x4 | 0x8
    /// `F_SEAL_SEAL`: nor can the seals.
    static let itself: Int32 = 0x1
}
