import Glibc

/// Files that tests give to the programs they start.
enum TextFile {
    static func write(_ text: String, to path: String) throws(FixtureError) {
        guard let file = fopen(path, "w") else { throw FixtureError(call: "fopen", errno: errno) }
        let written = fputs(text, file)
        guard fclose(file) == 0, written >= 0 else { throw FixtureError(call: "fputs", errno: errno) }
    }
}
