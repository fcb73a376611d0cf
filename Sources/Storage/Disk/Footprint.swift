/// How much of the disk a file takes, as the size limit counts it: never less than it really does on usual file systems.
///
/// The folders themselves, at most 2 MiB of them while empty, come on top of the limit; what they grow by is counted
/// with their files.
enum Footprint {
    private static let block = 4096
    /// Its name in the folder and its inode.
    private static let entry = 256
    /// Far more than any disk, so that sums of sizes, wherever they come from, cannot overflow.
    private static let most = 1 << 56

    static func ofFile(size: Int) -> Int {
        let size = min(max(0, size), most)
        return (size + block - 1) / block * block + entry
    }
}
