import Glibc
import Testing
import Typesetting

/// One suite, one test at a time: descriptors and maps of the process are counted.
@Suite(.serialized) struct FontFileTests {
    private let setting = TextSetting("Rag il", size: 45)

    private func draw(_ font: [UInt8], _ setting: TextSetting? = nil) throws -> TextBitmap {
        try Typesetter.draw(setting ?? self.setting, fontFile: font.span.bytes)
    }

    @Test func aFileIsDrawnAsTheInstalledFontIs() throws {
        #expect(try draw(FontFiles.serif) == Typesetter.draw(setting, family: "DejaVu Serif"))
        #expect(try draw(FontFiles.openType) == Typesetter.draw(setting, family: "Lobster Two"))
        #expect(try draw(FontFiles.collection) == Typesetter.draw(setting, family: "WenQuanYi Micro Hei"))
    }

    @Test func aFileBorrowsWhatItLacks() throws {
        let hindi = TextSetting("हि", size: 45)
        #expect(try draw(FontFiles.serif, hindi) == Typesetter.draw(hindi))
    }

    @Test func twoFontsOfOneNameInTurn() throws {
        let serif = FontFiles.renamed(FontFiles.serif, from: "DejaVu Serif", to: "Same as both")
        let mono = FontFiles.renamed(FontFiles.mono, from: "DejaVu Sans Mono", to: "Same as both    ")
        #expect(serif != FontFiles.serif && mono != FontFiles.mono)
        let (first, second) = (try draw(FontFiles.serif), try draw(FontFiles.mono))
        #expect(first != second)
        for _ in 0..<5 {
            #expect(try draw(serif) == first)
            #expect(try draw(mono) == second)
        }
    }

    @Test func twoFontsAtOneAddressInTurn() throws {
        let count = max(FontFiles.serif.count, FontFiles.mono.count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 16)
        defer { buffer.deallocate() }
        var drawn: [TextBitmap] = []
        for font in [FontFiles.serif, FontFiles.mono, FontFiles.serif] {
            buffer.copyBytes(from: font)
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<font.count])
            drawn.append(try Typesetter.draw(setting, fontFile: bytes.bytes))
        }
        #expect(drawn[0] == drawn[2])
        #expect(drawn[0] != drawn[1])
    }

    @Test func aFileIsNeverSeenByAnotherText() throws {
        let before = try Typesetter.draw(setting)
        let disguised = FontFiles.renamed(FontFiles.serif, from: "DejaVu Serif", to: "Open Sans\0\0\0")
        let stranger = FontFiles.renamed(FontFiles.serif, from: "DejaVu Serif", to: "A Stranger's")
        #expect(try draw(disguised) != before)
        #expect(try draw(stranger) != before)
        #expect(try Typesetter.draw(setting) == before)
        #expect(try Typesetter.draw(setting, family: "A Stranger's") == before)
    }

    @Test func nothingIsLeftAfterManyFiles() throws {
        for _ in 0..<20 { _ = try draw(FontFiles.serif) }
        let before = (Process.descriptors, Process.residentPages)
        for _ in 0..<300 { _ = try draw(FontFiles.serif) }
        // Other suites may hold a descriptor at this moment.
        #expect(abs(Process.descriptors - before.0) < 10)
        // 300 files of 380 KB are 110 MB; 30 MB are granted to the allocator and to other suites.
        #expect(Process.residentPages - before.1 < 30 << 8)
    }

    @Test func otherFormatsAreRefused() throws {
        for bytes in [[], [UInt8](repeating: 0, count: 100), Array("wOFF01234567".utf8), Array("%!PS-AdobeFont".utf8)] {
            #expect(throws: TypesettingError.unknownFontFormat) { try draw(bytes) }
        }
    }

    @Test func collectionsOfTooManyFontsAreRefused() throws {
        let drawn = try draw(FontFiles.serif)
        #expect(try draw(FontFiles.collection(of: FontFiles.serif, times: 64)) == drawn)
        for count in [65, 16_000] {
            let font = FontFiles.collection(of: FontFiles.serif, times: count)
            #expect(throws: TypesettingError.unknownFontFormat) { try draw(font) }
        }
        var font = FontFiles.collection(of: FontFiles.serif, times: 2)
        font.replaceSubrange(8..<12, with: [255, 255, 255, 255])
        #expect(throws: TypesettingError.unknownFontFormat) { try draw(font) }
    }

    @Test func fontsOfTooManyInstancesAreRefused() throws {
        let drawn = try draw(FontFiles.serif)
        #expect(try draw(FontFiles.variable(FontFiles.serif, instances: 1024)) == drawn)
        let many = FontFiles.variable(FontFiles.serif, instances: 1025)
        #expect(throws: TypesettingError.unknownFontFormat) { try draw(many) }
        // All fonts of a collection together.
        let half = FontFiles.variable(FontFiles.serif, instances: 513)
        #expect(try draw(half) == drawn)
        let two = FontFiles.collection(of: half, times: 2)
        #expect(throws: TypesettingError.unknownFontFormat) { try draw(two) }
    }

    @Test func aFontMayHaveAnyWidthsAndHeights() throws {
        // 16 em for every letter, and for a line: sums of 32 bits wrap.
        let wide = FontFiles.patched(
            FontFiles.serif, table: "hmtx", offset: 0, with: (0..<12_000).map { [127, 255, 0, 0][$0 % 4] })
        let width = #expect(throws: TypesettingError.self) {
            try draw(wide, TextSetting(String(repeating: "a", count: 2000), size: 209)).width
        }
        guard case .tooWide(6_000_000..., _) = width else { throw width ?? .noFonts }
        let high = FontFiles.patched(FontFiles.serif, table: "hhea", offset: 4, with: [127, 255])
        let height = #expect(throws: TypesettingError.self) {
            try draw(high, TextSetting(String(repeating: "a\n", count: 1200), size: 209)).width
        }
        guard case .tooHigh(4_000_000..., _) = height else { throw height ?? .noFonts }
    }

    @Test(arguments: [12, 100, 300, 1000])
    func aFontCutShortIsDamaged(count: Int) {
        for font in [FontFiles.serif, FontFiles.openType, FontFiles.collection] {
            #expect(throws: TypesettingError.damagedFont) { try draw(Array(font.prefix(count))) }
        }
    }

    @Test(arguments: 0..<200)
    func damageIsAnErrorOrAPicture(seed: Int) {
        var numbers = Numbers(state: UInt64(seed) &+ 1)
        var font = [FontFiles.serif, FontFiles.mono, FontFiles.openType][seed % 3]
        if seed % 5 == 0 { font.removeLast(Int(numbers.next() % UInt64(font.count - 12))) }
        // The tables' directory and headers are where damage hurts.
        let reach = seed % 2 == 0 ? UInt64(font.count) : min(2000, UInt64(font.count))
        for _ in 0..<1 + seed % 30 {
            font[4 + Int(numbers.next() % (reach - 4))] = UInt8(truncatingIfNeeded: numbers.next())
        }
        do throws(TypesettingError) {
            let bitmap = try Typesetter.draw(
                TextSetting("The quick é 1", size: 30), fontFile: font.span.bytes, limits: TextLimits(pixels: 1 << 22))
            #expect(bitmap.pixels.count == 4 * bitmap.width * bitmap.height)
        } catch {
            switch error {
            case .damagedFont, .tooWide, .tooHigh, .tooManyPixels: break
            default: Issue.record("\(error)")
            }
        }
    }
}

/// The same numbers for a seed every time (xorshift).
private struct Numbers {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state >> 3
    }
}

private enum Process {
    static var descriptors: Int {
        (0..<1024).count { fcntl($0, F_GETFD) != -1 }
    }

    static var residentPages: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
