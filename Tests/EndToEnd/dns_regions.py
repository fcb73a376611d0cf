"""Regions as a name server sees them: addresses on loopback that answer /_apus/ready, over HTTPS or not, until they are
stopped."""

import http.server
import socket
import ssl
import threading

READY = "/_apus/ready"


class ReadyRegion:
    """`addresses`: of this machine. `certificate`: the files of one and its key; without it plain HTTP."""

    def __init__(self, name, place, location, addresses, port, host, certificate=None):
        self.name, self.place, self.location = name, place, location
        self.addresses, self.port, self.host = addresses, port, host
        self.certificate = certificate
        self.status = 200
        self._servers = []

    @property
    def settings(self):
        """An entry of `regions`."""
        scheme = "https" if self.certificate else "http"
        return {
            "place": self.place,
            "url": f"{scheme}://{self.host}:{self.port}",
            "addresses": self.addresses,
            "location": self.location,
            **({} if self.certificate else {"insecure": True}),
        }

    def start(self, certificate=None):
        """Also again; with another certificate than its own, if one is named."""
        for address in self.addresses:
            server = _Server(address, self.port, self, certificate or self.certificate)
            self._servers.append(server)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self, address=None):
        """Connections to its addresses, or to that one, are refused afterwards."""
        stopped = [server for server in self._servers if address in (None, server.address)]
        for server in stopped:
            self._servers.remove(server)
            server.shutdown()
            server.server_close()

    def heal(self):
        """As it was in the beginning; a region that is well has no moment without an answer."""
        self.status = 200
        if [server.address for server in self._servers] != self.addresses:
            self.stop()
            self.start()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address, port, region, certificate):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.address, self.region = address, region
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)
        super().__init__((address, port), _Answers)

    def get_request(self):
        connection, client = super().get_request()
        if self._context:
            # The handshake is made in the thread of the request.
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, client

    def handle_error(self, request, client_address):
        """Who does not trust the certificate breaks off."""


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        region = self.server.region
        asked = self.headers.get("Host", "").partition(":")[0]
        self.send_response(region.status if (self.path, asked) == (READY, region.host) else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass
