import Testing
import Typesetting

@Suite struct LimitTests {
    @Test(arguments: [0, -1, 0.5, 5001, .infinity, .nan, 1e300])
    func sizesOutOfRange(size: Double) {
        #expect(throws: TypesettingError.self) { try Typesetter.draw(TextSetting("a", size: size)) }
    }

    @Test(arguments: [-1, .nan, .infinity, 20_000])
    func lineHeightsOutOfRange(height: Double) {
        var setting = TextSetting("a", size: 45)
        setting.lineHeight = height
        #expect(throws: TypesettingError.self) { try Typesetter.draw(setting).width }
    }

    @Test(arguments: [0, -5, 16_384, Int.max, Int.min])
    func lineWidthsOutOfRange(width: Int) {
        var setting = TextSetting("a", size: 45)
        setting.lineWidth = width
        #expect(throws: TypesettingError.lineWidth(width)) { try Typesetter.draw(setting).width }
    }

    @Test func tooWide() throws {
        let bitmap = try Typesetter.draw(TextSetting("HHHH", size: 100), limits: TextLimits(side: 300))
        #expect(bitmap.width <= 300)
        #expect(throws: TypesettingError.self) {
            try Typesetter.draw(TextSetting("HHHHH", size: 100), limits: TextLimits(side: 300))
        }
        let long = TextSetting(String(repeating: "W", count: 500), size: 100)
        let error = #expect(throws: TypesettingError.self) { try Typesetter.draw(long).width }
        guard case .tooWide(let width, maximum: 16_383) = error else { throw error ?? .noFonts }
        #expect(width > 40_000)
    }

    @Test func tooHigh() throws {
        let high = TextSetting(String(repeating: "W\n", count: 500), size: 100)
        let error = #expect(throws: TypesettingError.self) { try Typesetter.draw(high).width }
        guard case .tooHigh = error else { throw error ?? .noFonts }
        var spread = TextSetting("a\nb\nc", size: 20)
        spread.lineHeight = 16_000
        #expect(throws: TypesettingError.tooHigh(32_000, maximum: 16_383)) { try Typesetter.draw(spread) }
    }

    @Test func tooManyPixels() throws {
        let error = #expect(throws: TypesettingError.self) {
            try Typesetter.draw(TextSetting("MMMM", size: 100), limits: TextLimits(pixels: 10_000)).width
        }
        guard case .tooManyPixels(_, maximum: 10_000) = error else { throw error ?? .noFonts }
        // The whole limit is met before any memory is taken for it.
        #expect(throws: TypesettingError.self) { try Typesetter.draw(TextSetting("MMMM\nMMMM", size: 4000)).width }
    }

    @Test func tooMuchText() {
        let text = String(repeating: "a", count: 2000)
        #expect(throws: TypesettingError.tooMuchText(characters: 2000, size: 1000)) {
            try Typesetter.draw(TextSetting(text, size: 1000))
        }
        #expect(throws: TypesettingError.textTooLong(bytes: 20_000, maximum: 16_384)) {
            try Typesetter.draw(TextSetting(String(repeating: text, count: 10), size: 10))
        }
    }

    @Test func theLongestTextThatUrlsCarry() throws {
        var setting = TextSetting(String(repeating: "Lorem ipsum é 日本 😀 שלום ", count: 85), size: 20)
        setting.lineWidth = 800
        let bitmap = try Typesetter.draw(setting)
        #expect(bitmap.width == 800)
        #expect(bitmap.height > 500)
    }

    @Test func manyMarksOnOneLetter() throws {
        let letter = try Typesetter.draw(TextSetting("a", size: 20), family: "Noto Sans")
        let heap = try Typesetter.draw(TextSetting("a" + String(repeating: "\u{301}\u{323}", count: 900), size: 20))
        #expect(abs(heap.width - letter.width) <= 1)
        #expect(heap.height > letter.height + 5)
    }

    @Test func scalarsAreCountedAfterComposing() throws {
        // One scalar of shin with two dots becomes three.
        #expect(throws: TypesettingError.tooMuchText(characters: 900, size: 1000)) {
            try Typesetter.draw(TextSetting(String(repeating: "\u{FB2C}", count: 300), size: 1000)).width
        }
        let letters = TextSetting(String(repeating: "e\u{301}", count: 300), size: 1000)
        let error = #expect(throws: TypesettingError.self) { try Typesetter.draw(letters).width }
        guard case .tooWide = error else { throw error ?? .noFonts }
    }

    /// One scalar that is many times as wide as high: Pango's own sum of this line wraps.
    @Test(arguments: [500, 1000, 1500, 2000, 2500], [nil, 1000])
    func aLineBeyond32Bits(count: Int, lineWidth: Int?) throws {
        var setting = TextSetting(String(repeating: "\u{FDFD}", count: count), size: 209)
        setting.lineWidth = lineWidth
        let error = #expect(throws: TypesettingError.self) { try Typesetter.draw(setting).width }
        switch error {
        case .tooWide(let width, _): #expect(width > 500_000)
        case .tooHigh: #expect(lineWidth != nil)
        default: throw error ?? .noFonts
        }
    }

    @Test func theCanvasIsWithinTheLimitToo() throws {
        // The dot itself has about 200 x 200 pixels; margins of 504 are around it.
        let dot = TextSetting(".", size: 2000)
        let bitmap = try Typesetter.draw(dot)
        #expect(bitmap.width * bitmap.height < 100_000)
        let error = #expect(throws: TypesettingError.self) {
            try Typesetter.draw(dot, limits: TextLimits(pixels: 100_000)).width
        }
        guard case .tooManyPixels(let count, maximum: 100_000) = error else { throw error ?? .noFonts }
        #expect(count > 1_000_000)
    }

    @Test func theCanvasIsNotKept() throws {
        let pixels = try Typesetter.draw(TextSetting(".", size: 2000)).pixels
        // An allocator may round up.
        #expect(pixels.capacity <= pixels.count + pixels.count / 4)
    }
}
