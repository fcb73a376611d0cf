import Glibc
import Testing
import Transformation

/// The reference page and its examples.
@Suite struct ReferenceTests {
    @Test("The page in the documentation is what the table says; apus reference prints it")
    func committedPage() throws {
        let isTrue = try text(of: Self.folder + "Parameters.md") == ReferencePage.markdown
        #expect(isTrue, "deploy/test contact-sheet writes the page anew")
    }

    @Test(arguments: ParameterTable.all.filter { $0.availability == .now }.map(\.name))
    func everyParameterHasAnExampleThatNamesIt(_ parameter: String) throws {
        let example = try #require(ParameterExamples.example(of: parameter))
        let names = try Syntax.parse(example.transformation).parameterNames
        #expect(names.contains(parameter))
    }

    @Test(arguments: ParameterExamples.all.map(\.name))
    func everyExampleIsReadAndHasItsPicture(_ name: String) throws {
        let example = try #require(ParameterExamples.all.first { $0.name == name })
        let transformation = try Transformation([example.transformation])
        _ = try transformation.resolve(named: ["thumb": "w-150,h-150"])
        let picture = try bytes(of: Self.folder + example.picture)
        #expect(picture.starts(with: [0xFF, 0xD8, 0xFF]))
        #expect(picture.count < 30_000)
    }

    @Test func everyParameterStandsOnThePage() {
        let page = ReferencePage.markdown
        let missing = ParameterTable.all.filter { parameter in
            !page.contains(parameter.availability == .now ? "\n### \(parameter.name)\n" : "\n| `\(parameter.name)` |")
        }
        #expect(missing.map(\.name) == [])
    }

    // MARK: Files

    /// The page's folder, from this file's place.
    private static let folder: String = {
        let repository = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(repository)/Sources/Transformation/Transformation.docc/Parameters/"
    }()

    private func text(of path: String) throws -> String {
        String(decoding: try bytes(of: path), as: UTF8.self)
    }

    private func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"), "\(path)")
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}

extension Syntax.Chain {
    /// Of all steps, branches and layers.
    fileprivate var parameterNames: Set<String> {
        var names: Set<String> = []
        for step in self {
            switch step {
            case .items(let items):
                for item in items {
                    switch item {
                    case .parameter(let parameter): names.insert(parameter.key)
                    case .layer(let layer): names.formUnion(layer.chain.parameterNames)
                    }
                }
            case .condition(let block):
                names.formUnion(block.consequence.parameterNames)
                names.formUnion(block.alternative?.parameterNames ?? [])
            }
        }
        return names
    }
}
