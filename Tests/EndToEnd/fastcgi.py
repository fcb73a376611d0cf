"""A FastCGI client of one request, for workers that no nginx stands before."""

import struct


def _record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content


def _parameter(name, value):
    def length(text):
        return bytes([len(text)]) if len(text) < 128 else struct.pack(">I", len(text) | 0x80000000)

    name, value = name.encode(), value.encode()
    return length(name) + length(value) + name + value


def request(connection, **parameters):
    """Sends one GET over a connected socket and returns what the worker writes, header block and body."""
    content = b"".join(_parameter(*pair) for pair in {"REQUEST_METHOD": "GET", **parameters}.items())
    begin = struct.pack(">HB5x", 1, 0)
    connection.sendall(_record(1, begin) + _record(4, content) + _record(4, b"") + _record(5, b""))
    answer = b""
    with connection.makefile("rb") as stream:
        while header := stream.read(8):
            _, kind, _, count, padding, _ = struct.unpack(">BBHHBB", header)
            content = stream.read(count + padding)[:count]
            if kind == 3:
                break
            answer += content if kind == 6 else b""
    return answer
