// swift-tools-version: 6.2
import PackageDescription

// The programs that deploy/test all and deploy/fuzz throw arbitrary bytes at, with libFuzzer; a package of its own, so
// that nothing else is built for it. `Sources` is the repository's.

let package = Package(
    name: "fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .executableTarget(
            name: "FuzzLanguage", dependencies: ["Explaining", "FirstInputs", "Transformation"], path: "FuzzLanguage"),
        .executableTarget(
            name: "FuzzConfiguration", dependencies: ["Configuration", "FirstInputs"], path: "FuzzConfiguration"),
        .executableTarget(
            name: "FuzzEntries", dependencies: ["Caching", "Digests", "FirstInputs", "Memory"], path: "FuzzEntries"),
        .executableTarget(name: "FuzzHeaders", dependencies: ["FirstInputs", "HTTPRules"], path: "FuzzHeaders"),
        .executableTarget(
            name: "FuzzMessages", dependencies: ["Deadlines", "FirstInputs", "RenderJobs", "Transformation"],
            path: "FuzzMessages"),
        .executableTarget(name: "FuzzPictures", dependencies: ["FirstInputs", "PictureHeaders"], path: "FuzzPictures"),
        .executableTarget(
            name: "FuzzRegions",
            dependencies: ["Caching", "Deadlines", "FirstInputs", "HTTPRules", "Purging", "Regions"],
            path: "FuzzRegions"),
        .executableTarget(name: "FuzzSVG", dependencies: ["FirstInputs", "SVGSanitising"], path: "FuzzSVG"),
        .target(name: "FirstInputs", path: "FirstInputs"),

        .target(
            name: "Regions",
            dependencies: [
                "Caching", "Configuration", "Deadlines", "Digests", "HTTPRules", "Memory", "Metrics", "Processes",
                "Purging", "Redis", "Transfer",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "Configuration",
            dependencies: ["Digests", "HTTPRules", "Transformation", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Caching",
            dependencies: ["Deadlines", "Digests", "Memory", "Metrics", "Processes", "Redis", "Storage"]),
        .target(name: "Purging", dependencies: ["Deadlines", "Memory", "Processes", "Redis", "Storage"]),
        .target(name: "Storage", dependencies: ["CFiles", "Deadlines", "Memory", "Processes", "S3", "Transfer"]),
        .target(
            name: "S3",
            dependencies: [
                "Deadlines", "Digests", "HTTPRules", "JSONReading", "Memory", "Transfer",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "RenderJobs",
            dependencies: ["Deadlines", "Memory", "PictureHeaders", "Processes", "Transformation"]),
        .target(name: "Explaining", dependencies: ["JSONReading", "TextEncodings", "Transformation"]),
        .target(name: "Transformation", dependencies: ["TextEncodings"]),
        .target(name: "Transfer", dependencies: ["CCurl", "Deadlines", "HTTPRules", "Memory"]),
        .target(name: "Redis", dependencies: ["CHiredis", "Deadlines", "Memory"]),
        .target(name: "Digests", dependencies: ["TextEncodings", .product(name: "Crypto", package: "swift-crypto")]),
        .target(name: "JSONReading"),
        .target(name: "PictureHeaders"),
        .target(name: "SVGSanitising", dependencies: ["PictureHeaders"]),
        .target(name: "TextEncodings"),
        .target(name: "HTTPRules"),
        .target(name: "Metrics", dependencies: ["Deadlines"]),
        .target(name: "Processes", dependencies: ["CJemalloc", "CLinux", "Deadlines"]),
        .target(name: "Memory", dependencies: ["CFiles"]),
        .target(name: "Deadlines"),
        .systemLibrary(name: "CHiredis"),
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CFiles"),
        .target(name: "CJemalloc"),
        .systemLibrary(name: "CLinux"),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        .treatAllWarnings(as: .error),
        // The counters that today's libFuzzer reads are not those that -sanitize=fuzzer asks the compiler for.
        .unsafeFlags(["-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp"]),
    ]
    // The entry point is libFuzzer's.
    if target.type == .executable { target.swiftSettings?.append(.unsafeFlags(["-parse-as-library"])) }
}
