import Glibc

/// What libFuzzer begins with: words to put into inputs, and inputs that mean something.
package struct FirstInputs {
    private let words: [String]
    private let inputs: [[UInt8]]

    package init(words: [String], inputs: [[UInt8]]) {
        self.words = words
        self.inputs = inputs
    }

    /// For `LLVMFuzzerInitialize`: where the program was called with `prepare FOLDER`, writes into that folder the file
    /// `dictionary`, and all inputs into its folder `inputs`, which must be there; then ends the program.
    package static func writeIfAsked(_ first: () -> FirstInputs) {
        let given = CommandLine.arguments
        guard given.count == 3, given[1] == "prepare" else { return }
        exit(first().write(to: given[2]) ? 0 : 1)
    }

    private func write(to folder: String) -> Bool {
        let dictionary = words.map { "\"\(Self.escaped($0))\"\n" }.joined()
        return Self.write(Array(dictionary.utf8), to: folder + "/dictionary")
            && inputs.enumerated().allSatisfy { Self.write($0.element, to: "\(folder)/inputs/\($0.offset)") }
    }

    /// As libFuzzer's dictionaries are written.
    private static func escaped(_ word: String) -> String {
        word.utf8.map { byte in
            let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(UnicodeScalar(byte)) : "\\x" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func write(_ bytes: [UInt8], to path: String) -> Bool {
        guard let file = fopen(path, "wb") else { return false }
        let written = fwrite(bytes, 1, bytes.count, file)
        return fclose(file) == 0 && written == bytes.count
    }
}
