import Deadlines
import Glibc
import Memory
import PictureHeaders
import RenderJobs
import Transformation

/// What real render processes take for pictures, beside what they are estimated to take; or, with `guards`, what it costs a
/// worker to estimate and to let in.
///
/// `MeasureCosts APUS-RENDER FOLDER`: a line for each picture of the folder and each plan: lane, estimated and measured CPU
/// ms, estimated and measured bytes, name, plan. `MeasureCosts guards FILE`: CPU µs of each part for each render.
@main
enum MeasureCosts {
    static let limits = RenderJob.Limits(
        sourcePixels: 300_000_000, outputPixels: 100_000_000, frames: 1_000, documentBytes: 100_000_000)
    private static let plans = [
        "f-jpeg,q-80:w-400", "f-webp,q-80:w-400", "f-avif,q-50:w-400", "f-png,q-80:w-400", "f-jpeg,q-80:w-1600",
        "f-webp,q-80:w-1600", "f-avif,q-50:w-1600", "f-webp,q-80", "f-jpeg,q-80:w-1200:bl-10:r-20",
    ]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let first = arguments.first, let second = arguments.last else {
            print("MeasureCosts APUS-RENDER FOLDER, or MeasureCosts guards FILE")
            exit(64)
        }
        guard first != "guards" else { return try Guards(file: second).report() }
        let bench = try Bench(program: first)
        for file in Files.names(in: second) {
            guard let bytes = Files.bytes(of: "\(second)/\(file)") else { continue }
            for text in plans { try report(text, file, bytes, bench) }
        }
    }

    private static func report(_ text: String, _ file: String, _ bytes: SharedMemory, _ bench: Bench) throws {
        let cost = RenderCost(of: try Plan(canonical: text), original: part(bytes), limits: limits)
        guard let measured = bench.measure(text, bytes, cost) else { return }
        print(
            cost.lane.rawValue, Int(cost.seconds * 1000), Int(measured.seconds * 1000),
            cost.bytes - cost.drawingBytes, measured.bytes, file, text)
    }

    static func part(_ bytes: SharedMemory) -> RenderCost.Part {
        RenderCost.Part(bytes.withBytes { PictureHeader(of: $0) }, count: bytes.count)
    }
}
