"""Real servers on 127.0.0.1 for visits to landing pages: one of pages, one of raw bytes, and certificates for them."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from governance.landing_pages import visiting
from governance.landing_pages.addresses import Policy
from governance.landing_pages.outside import Limits, Outside

HERE = ipaddress.ip_address("127.0.0.1")
HTML = "text/html; charset=utf-8"
PAGE = b"<html><head><title>Shoe</title><meta name=viewport content='width=device-width'></head><body>Run</body></html>"
QUICK = Limits(connect_seconds=2, read_seconds=1, total_seconds=4)

Reply = tuple[int, Mapping[str, str], bytes]


def html(body: bytes = PAGE, status: int = 200, **headers: str) -> Reply:
    """A page; `_` in the names of headers stands for `-`."""
    return status, {"Content-Type": HTML, **{name.replace("_", "-"): value for name, value in headers.items()}}, body


def moved(to: str, status: int = 302) -> Reply:
    """A redirect."""
    return status, {"Location": to}, b""


class _Pages(BaseHTTPRequestHandler):
    server: PageServer  # type: ignore[assignment]

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.pages.get(self.path, html(b"<title>Not here</title>", 404))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests look at `asked`."""


class PageServer(ThreadingHTTPServer):
    """Pages by path. `connections` counts what was accepted, `asked` keeps (path, headers), `names` what TLS was asked for."""

    daemon_threads = True

    def __init__(self, pages: Mapping[str, Reply], address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        super().__init__((address, 0), _Pages)
        self.pages = dict(pages)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.names: list[str | None] = []
        self.connections = 0
        self.tls = tls
        if tls is not None:
            tls.sni_callback = lambda line, name, context: self.names.append(name)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[Any, Any]:
        line, address = super().get_request()
        self.connections += 1
        return line, address

    def finish_request(self, request: Any, client_address: Any) -> None:
        """In the thread of the connection, where a bad handshake ends nothing but itself."""
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with suppress(OSError), self.tls.wrap_socket(request, server_side=True) as line:
            super().finish_request(line, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Visitors hang up; that is what is tested."""


@contextmanager
def serving(pages: Mapping[str, Reply], address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[PageServer]:
    """A server of pages, until the end of the block."""
    with PageServer(pages, address, tls) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def listening(reply: Callable[[socket.socket, bytes], None]) -> Iterator[int]:
    """The port of a server that reads a request's head and lets `reply` do what it likes with the connection and that head."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]

        def accept() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(line,), daemon=True).start()

        def serve(line: socket.socket) -> None:
            with line, suppress(OSError):
                reply(line, line.recv(65_536))

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield port
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def answering(reply: Callable[[socket.socket], None]) -> Iterator[int]:
    """As `listening`, for a reply that does not depend on what was asked."""
    with listening(lambda line, head: reply(line)) as port:
        yield port


def outside(*ports: int, names: Mapping[str, list[str]] | None = None, trust: ssl.SSLContext | None = None) -> Outside:
    """A world in which 127.0.0.1 on these ports is public, and every name (or those given) means 127.0.0.1."""

    def resolve(host: str, port: int, seconds: float) -> list[str]:
        return ["127.0.0.1"] if names is None else names.get(host, [])

    policy = Policy(opened=frozenset((HERE, port) for port in ports))
    return Outside(policy, resolve, lambda: trust or ssl.create_default_context())


def visited(url: str, world: Outside, limits: Limits = QUICK) -> dict[str, Any]:
    """An observation."""
    return visiting.visit(url, limits, world)


class Authority:
    """A certificate authority of the test, whose certificates no browser knows."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(self._name).issuer_name(self._name).public_key(self._key.public_key())
        self._certificate = (
            builder.serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=9))
            .not_valid_after(now + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def trust(self) -> ssl.SSLContext:
        """A visitor's side that believes this authority alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=self._certificate.public_bytes(serialization.Encoding.PEM).decode())
        return context

    def server(self, name: str, days: int = 5) -> ssl.SSLContext:
        """A server's side with a certificate for one name; `days` below zero have passed."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=8))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        file = self._directory / f"{name}{days}.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip
