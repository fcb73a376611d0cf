import Deadlines

/// The counters, gauges and histograms of a host, to which all its worker processes add, and their text for Prometheus.
///
/// Safe from any thread and any process; once made, nothing here takes a lock or fails. An addition is one atomic
/// instruction in memory that the processes share through a small file, so that totals outlive a process.
package final class Metrics: Sendable {
    /// Whether other processes add to the same cells. If not, these are the counts of this process alone.
    package let isShared: Bool
    /// Why not, if they should.
    package let failure: MetricsError?
    /// The other regions that there are gauges of.
    package let regions: [String]
    let cells: Cells

    /// Metrics of this process alone.
    ///
    /// - Parameter regions: the names of the other regions; those for which there is no place are left out.
    package init(regions: [String] = []) {
        self.regions = Array(regions.sorted().prefix(Metric.places))
        cells = Cells(count: Metric.allCells)
        isShared = false
        failure = nil
    }

    /// The metrics that all processes share which name the same folder: the instance's state folder, which has to be
    /// there. What was counted before goes on. A file that cannot be had leaves metrics of this process alone.
    package init(sharedIn folder: String, regions: [String] = []) {
        self.regions = Array(regions.sorted().prefix(Metric.places))
        let (cells, failure) = Self.shared(folder, self.regions)
        self.cells = cells ?? Cells(count: Metric.allCells)
        self.failure = failure
        isShared = cells != nil
    }

    private static func shared(_ folder: String, _ regions: [String]) -> (Cells?, MetricsError?) {
        do throws(MetricsError) {
            let table = tableHash(regions: regions)
            let file = try MetricsFile(in: folder, table: table, cells: Metric.allCells).open()
            return (try Cells(count: Metric.allCells, at: MetricsFile.headerBytes, of: file), nil)
        } catch {
            return (nil, error)
        }
    }

    /// Adds to a counter; a negative amount counts as 0.
    package func add(_ counter: Counter, _ amount: Int = 1) {
        cells.add(UInt64(clamping: amount), at: counter.cell)
    }

    /// Sets a gauge; a negative value counts as 0.
    package func set(_ gauge: Gauge, _ value: Int) {
        cells.set(UInt64(clamping: value), at: gauge.cell)
    }

    /// Adds one observation; a negative duration counts as 0.
    package func observe(_ histogram: Histogram, _ duration: Duration) {
        let nanoseconds = UInt64(clamping: duration.wholeNanoseconds)
        cells.add(1, at: histogram.cell(of: nanoseconds))
        cells.add(nanoseconds, at: histogram.sumCell)
    }

    /// What has been counted, by every process that shares it.
    package func count(of counter: Counter) -> UInt64 { cells[counter.cell] }

    /// What the gauge was set to last, by whichever process; 0 if by none.
    package func value(of gauge: Gauge) -> UInt64 { cells[gauge.cell] }
}
