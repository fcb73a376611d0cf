import ArgumentParser
import Glibc

@main
struct Apus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apus", abstract: "Delivers pictures: fetched from your storage, transformed by their URL.",
        subcommands: [
            Serve.self, Check.self, Sign.self, Purge.self, Explain.self, Render.self, Reference.self, Worker.self,
        ])

    static func main() {
        // Without it names of hosts beyond ASCII are none (libidn2).
        setlocale(LC_CTYPE, "C.UTF-8")
        main(nil)
    }
}
