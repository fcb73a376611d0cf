import CPango

/// The installed fonts, and for the length of one job the fonts of one file. Made at the first text; used by one thread
/// at a time.
final class FontLibrary {
    /// fontconfig's configuration; owned.
    private let configuration: OpaquePointer
    /// Pango's view of it for jobs without a file of their own: it remembers which fonts go together. Owned.
    private let installed: FontMap
    /// The installed families by `FontName.key`.
    private let families: [String: String]
    /// Counts the font files, so that no two have the same name.
    private var files: UInt32 = 0

    /// Loads the list of installed fonts, from fontconfig's cache where there is one.
    init() throws(TypesettingError) {
        apus_pango_be_silent()
        guard let configuration = FcConfigCreate() else { throw .failed(call: "FcConfigCreate", code: 0) }
        guard apus_load_settings(configuration, FontSettings.text) != 0, FcConfigBuildFonts(configuration) != 0 else {
            FcConfigDestroy(configuration)
            throw .failed(call: "FcConfigBuildFonts", code: 0)
        }
        let families = Self.families(in: configuration)
        guard !families.isEmpty else {
            FcConfigDestroy(configuration)
            throw .noFonts
        }
        do throws(TypesettingError) {
            installed = try Self.firstFontMap(configuration)
        } catch {
            FcConfigDestroy(configuration)
            throw error
        }
        self.configuration = configuration
        self.families = families
    }

    deinit {
        FcConfigDestroy(configuration)
    }

    /// The first font map of a process makes Pango load fontconfig's default configuration, unless there is a current
    /// one. It is taken back then: SVG texts must not depend on whether a text was drawn before.
    private static func firstFontMap(_ configuration: OpaquePointer) throws(TypesettingError) -> FontMap {
        FcConfigSetCurrent(configuration)
        defer { FcConfigSetCurrent(nil) }
        let map = try FontMap(configuration)
        map.awaitStart()
        return map
    }

    private static func families(in configuration: OpaquePointer) -> [String: String] {
        var found: [String: String] = [:]
        guard let set = FcConfigGetFonts(configuration, FcSetSystem) else { return found }
        for index in 0..<set.pointee.nfont {
            guard let pattern = apus_font(set, index) else { continue }
            var position: Int32 = 0
            while let name = apus_family(pattern, position) {
                let family = String(cString: name)
                found[FontName.key(family)] = family
                position += 1
            }
        }
        return found
    }

    /// The fonts of a family. Unknown is what no installed font calls itself, and no table of ours knows: the default
    /// then.
    func font(named name: String) -> JobFont {
        if let builtIn = BuiltInFont.named(name) {
            if let family = families[FontName.key(builtIn.family)] { return JobFont(family: family, map: installed) }
            if let relative = builtIn.relative, let family = families[FontName.key(relative)] {
                return JobFont(family: family, isBold: builtIn.isRelativeBold, map: installed)
            }
        }
        let key = FontName.key(name)
        let family = families[key] ?? BuiltInFont.commonNames[key].flatMap { families[FontName.key($0)] }
        return JobFont(family: family ?? BuiltInFont.defaultFamily, map: installed)
    }

    /// Lends the fonts of a file to `body`; nothing of them is left afterwards.
    func withFont<Result>(
        of bytes: RawSpan, _ body: (JobFont) throws(TypesettingError) -> Result
    ) throws(TypesettingError) -> Result {
        files &+= 1
        let file = try FontFile.make(bytes, number: files)
        defer { FcConfigAppFontClear(configuration) }
        // A family's name of our own: a file cannot stand in for an installed font, nor an installed one for it.
        let family = "apus-font-\(files)"
        guard apus_add_font_file(configuration, file.path) != 0,
            let set = FcConfigGetFonts(configuration, FcSetApplication), set.pointee.nfont > 0
        else { throw .damagedFont }
        for index in 0..<set.pointee.nfont where apus_rename_font(apus_font(set, index), family, file.path) == 0 {
            throw .failed(call: "FcPatternAddString", code: 0)
        }
        return try body(JobFont(family: family, isFile: true, map: try FontMap(configuration)))
    }
}

/// What to ask Pango for in one job.
struct JobFont {
    let family: String
    /// Bold, whatever the job says.
    var isBold = false
    var isFile = false
    let map: FontMap
}
