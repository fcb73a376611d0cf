import CVips
import Glibc
package import PictureHeaders
import Synchronization

/// libvips as a whole: how it is started and what it may load.
package enum VipsLibrary {
    /// The environment variable that tells libvips where its module folder lies.
    package static let homeVariable = "VIPSHOME"

    /// The bits of those that are off.
    private static let switchedOff = Atomic<UInt8>(0)

    package static func isOn(_ kind: PictureHeader.OptionalKind) -> Bool {
        switchedOff.load(ordering: .relaxed) & kind.bit == 0
    }

    /// Starts libvips; call it on the thread that will render, before anything else here. Only the first call does it.
    ///
    /// One thread for each image and no cache of operations: parallelism comes from render processes, and no operation
    /// is ever asked for twice (design §5). All loaders are blocked but those of `SourceFormat`.
    /// - Parameter kinds: those that are not decoded either.
    package static func start(without kinds: Set<PictureHeader.OptionalKind> = []) throws(VipsError) {
        try started.get()
        switchedOff.store(kinds.reduce(0) { $0 | $1.bit }, ordering: .relaxed)
        for format in SourceFormat.allCases {
            let isOff = format.optionalKind.map(kinds.contains) ?? false
            vips_operation_block_set(format.loader, isOff ? 1 : 0)
        }
    }

    private static let started: Result<Void, VipsError> = {
        do throws(VipsError) { return .success(try startOnce()) } catch { return .failure(error) }
    }()

    private static func startOnce() throws(VipsError) {
        // What a stranger's file makes libvips warn of is in the errors too; it must not fill the log.
        setenv("VIPS_WARNING", "0", 1)
        guard vips_init("apus-render") == 0 else { throw .notStarted(log: VipsError.takeLog()) }
        vips_concurrency_set(1)
        vips_cache_set_max(0)
        vips_cache_set_max_mem(0)
        vips_cache_set_max_files(0)
        vips_block_untrusted_set(1)
        // All of them, also those that a later libvips will bring.
        vips_operation_block_set("VipsForeignLoad", 1)
    }

    /// The modules that are loaded: of HEIF and AVIF, and of PDF.
    private static let modules = ["vips-heif.so", "vips-poppler.so"]

    /// Makes a folder under `directory` that holds the modules in use alone and returns what `homeVariable` must be set
    /// to before `start`; `nil` where libvips has none of them.
    ///
    /// Without it libvips would map ImageMagick and OpenSlide into every render process: 30 ms at start, and decoders
    /// that nobody asked for (design §5).
    package static func makeModuleFolder(in directory: String) -> String? {
        let installed = modules.compactMap(installedModule)
        guard let first = installed.first else { return nil }
        // libvips looks under $VIPSHOME for the last two parts of the folder that it was built with.
        let parts = first.split(separator: "/").dropLast().suffix(2)
        var folder = directory + "/vips"
        mkdir(directory, 0o700)
        mkdir(folder, 0o700)
        let home = folder
        for part in parts {
            folder += "/" + part
            mkdir(folder, 0o700)
        }
        for module in installed {
            guard let name = module.split(separator: "/").last,
                symlink(module, folder + "/" + name) == 0 || errno == EEXIST
            else { return nil }
        }
        return home
    }

    private static func installedModule(_ name: String) -> String? {
        var found = glob_t()
        defer { globfree(&found) }
        let series = "\(vips_version(0)).\(vips_version(1))"
        guard glob("/usr/lib/*/vips-modules-\(series)/\(name)", 0, nil, &found) == 0, found.gl_pathc > 0,
            let path = found.gl_pathv[0]
        else { return nil }
        return String(cString: path)
    }
}

extension PictureHeader.OptionalKind {
    fileprivate var bit: UInt8 { 1 << UInt8(Self.allCases.firstIndex(of: self) ?? 0) }
}

extension SourceFormat {
    /// The kind that can be switched off as a whole; of HEIF it is one half.
    var optionalKind: PictureHeader.OptionalKind? {
        switch self {
        case .svg: .svg
        case .pdf: .pdf
        case .jpeg, .png, .webp, .gif, .tiff, .heif: nil
        }
    }

    /// libvips' class that decodes it from memory.
    var loader: String {
        switch self {
        case .jpeg: "VipsForeignLoadJpegBuffer"
        case .png: "VipsForeignLoadPngBuffer"
        case .webp: "VipsForeignLoadWebpBuffer"
        case .gif: "VipsForeignLoadNsgifBuffer"
        case .tiff: "VipsForeignLoadTiffBuffer"
        case .heif: "VipsForeignLoadHeifBuffer"
        case .svg: "VipsForeignLoadSvgBuffer"
        case .pdf: "VipsForeignLoadPdfBuffer"
        }
    }
}
