// swift-tools-version: 6.2
import PackageDescription

// What deploy/bench measures inside of a process; a package of its own, so that nothing of it is in the product. `Sources`
// is the repository's.

let package = Package(
    name: "benchmarks",
    targets: [
        .executableTarget(name: "MeasureParsing", dependencies: ["Transformation"], path: "MeasureParsing"),
        .executableTarget(
            name: "MeasureCosts",
            dependencies: ["Deadlines", "Memory", "PictureHeaders", "Processes", "RenderJobs", "Transformation"],
            path: "MeasureCosts"),
        .target(
            name: "RenderJobs",
            dependencies: ["Deadlines", "Memory", "PictureHeaders", "Processes", "Transformation"]),
        .target(name: "Transformation", dependencies: ["TextEncodings"]),
        .target(name: "Processes", dependencies: ["CJemalloc", "CLinux", "Deadlines"]),
        .target(name: "Memory", dependencies: ["CFiles"]),
        .target(name: "PictureHeaders"),
        .target(name: "TextEncodings"),
        .target(name: "Deadlines"),
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
    ]
}
