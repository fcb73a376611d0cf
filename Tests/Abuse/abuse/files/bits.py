"""Bits put together into bytes."""


class HighBits:
    """The first bit is the byte's highest, as in JPEG."""

    def __init__(self):
        self.value, self.count = 0, 0

    def put(self, value, count):
        self.value = self.value << count | value
        self.count += count

    def data(self, filler=1):
        """All bits, the last byte filled up with `filler`."""
        missing = -self.count % 8
        value = self.value << missing | ((1 << missing) - 1 if filler else 0)
        return value.to_bytes((self.count + missing) // 8, "big")


class LowBits:
    """The first bit is the byte's lowest, as in GIF and WebP."""

    def __init__(self):
        self.value, self.count = 0, 0

    def put(self, value, count):
        self.value |= value << self.count
        self.count += count

    def data(self):
        return self.value.to_bytes((self.count + 7) // 8, "little")
