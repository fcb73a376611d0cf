package import Deadlines
import Memory
package import Storage

/// The entries that a region keeps in its store: those too large for Redis, copies of originals, and whatever shall
/// outlive Redis. Nothing here throws: a store that is away, full or damaged makes answers slower, never wrong.
package final class StoreTier: Sendable {
    private let store: any Store
    private let observer: RedisTier.Observer

    package init(store: any Store, observer: @escaping RedisTier.Observer = { _ in }) {
        self.store = store
        self.observer = observer
    }

    /// Looks an entry up. What is stored under the key and is no valid entry is deleted.
    package func find(
        _ key: EntryKey, until deadline: Deadline, now: Int64 = WallClock.unixSeconds
    ) -> CacheAnswer {
        guard let name = key.storeName else { return .miss }
        do {
            guard let bytes = try store.read(name, until: deadline) else { return .miss }
            return answer(with: bytes, key, until: deadline, now: now)
        } catch {
            observer(.storeFailed(error))
            return .unavailable
        }
    }

    private func answer(
        with bytes: SharedMemory, _ key: EntryKey, until deadline: Deadline, now: Int64
    ) -> CacheAnswer {
        do {
            return .hit(try Entry(decoding: bytes, for: key, now: now))
        } catch {
            remove(key, until: deadline)
            guard error != .expired else { return .miss }
            observer(.defective(key, error))
            return .defective
        }
    }

    /// Keeps an entry, in place of what was there.
    @discardableResult
    package func keep(
        _ entry: Entry, under key: EntryKey, until deadline: Deadline, now: Int64 = WallClock.unixSeconds
    ) -> KeepOutcome {
        guard entry.lifetime.expiresAt > now else { return .expired }
        guard let name = key.storeName, let parts = entry.encoded(for: key) else { return .tooLarge }
        do {
            try store.write(parts, as: name, until: deadline)
            return .kept
        } catch {
            if case .tooLarge = error { return .tooLarge }
            if error == .unavailable { return .heldOff }
            observer(.storeFailed(error))
            return .storeFailed(error)
        }
    }

    package func remove(_ key: EntryKey, until deadline: Deadline) {
        guard let name = key.storeName else { return }
        do { try store.remove(name, until: deadline) } catch { observer(.storeFailed(error)) }
    }
}
