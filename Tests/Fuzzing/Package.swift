// swift-tools-version: 6.2
import PackageDescription

// The programs that deploy/test all throws arbitrary bytes at, with libFuzzer; a package of its own, so that nothing else
// is built for it. `Sources` is the repository's.

let package = Package(
    name: "fuzzing",
    targets: [
        .executableTarget(
            name: "FuzzLanguage", dependencies: ["Explaining", "FirstInputs", "Transformation"], path: "FuzzLanguage"),
        .executableTarget(
            name: "FuzzMessages", dependencies: ["Deadlines", "FirstInputs", "RenderJobs", "Transformation"],
            path: "FuzzMessages"),
        .target(name: "FirstInputs", path: "FirstInputs"),

        .target(name: "RenderJobs", dependencies: ["Deadlines", "Memory", "Processes", "Transformation"]),
        .target(name: "Explaining", dependencies: ["JSONReading", "Transformation"]),
        .target(name: "Transformation", dependencies: ["TextEncodings"]),
        .target(name: "JSONReading"),
        .target(name: "TextEncodings"),
        .target(name: "Processes", dependencies: ["CLinux", "Deadlines"]),
        .target(name: "Memory", dependencies: ["CFiles"]),
        .target(name: "Deadlines"),
        .systemLibrary(name: "CFiles"),
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
