// swift-tools-version: 6.2
import PackageDescription

// What deploy/bench measures inside of a process; a package of its own, so that nothing of it is in the product. `Sources`
// is the repository's.

let package = Package(
    name: "benchmarks",
    targets: [
        .executableTarget(name: "MeasureParsing", dependencies: ["Transformation"], path: "MeasureParsing"),
        .target(name: "Transformation", dependencies: ["TextEncodings"]),
        .target(name: "TextEncodings"),
    ],
    swiftLanguageModes: [.v6]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableExperimentalFeature("Lifetimes"),
        .treatAllWarnings(as: .error),
    ]
}
