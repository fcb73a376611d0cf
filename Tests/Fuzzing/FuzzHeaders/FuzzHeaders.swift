import FirstInputs
import HTTPRules

/// Before the first input.
@c(LLVMFuzzerInitialize)
public func prepare(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> Int32 {
    FirstInputs.writeIfAsked {
        FirstInputs(words: Words.all, inputs: Words.inputs.map { Array($0.utf8) })
    }
    return 0
}

/// Any text: as the value of every header that is read, and the parts before and after its first line end as two of them.
@c(LLVMFuzzerTestOneInput)
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (first, second) = (lines.first ?? "", lines.count > 1 ? lines[1] : "")
    for value in Set([text, first]) {
        Validators.check(value)
        Pieces.check(value)
        Addresses.check(value)
    }
    Freshness.check(first, second)
    return 0
}
