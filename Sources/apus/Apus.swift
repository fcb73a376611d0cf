import ArgumentParser

@main
struct Apus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus", abstract: "Delivers pictures: fetched from your storage, transformed by their URL.",
        subcommands: [Serve.self, Check.self, Sign.self, Purge.self, Worker.self])
}
