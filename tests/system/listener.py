"""The HTTP listener among clients that mean no good: it answers who asks, and the flow goes on."""

import base64
import contextlib
import json
import os
import re
import resource
import socket
import ssl
import threading
import time
import unittest
import urllib.error
import urllib.request

from services import PENSTOCK, Engine, run_process, temporary_folder, wait_until

PIPELINE = """
[service]
name = "test"
[http]
listen = "{listen}:${{INGESTION_HTTP_PORT}}"
{http}
[nodes.machines]
plugin = "generator_source"
rate = 1000
[nodes.nowhere]
plugin = "discard_sink"
inputs = ["machines"]
"""


class Listener(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        self.path = os.path.join(self.folder, "pipeline.toml")
        self.engines = 0

    def write(self, http="", listen="127.0.0.1"):
        with open(self.path, "w") as f:
            f.write(PIPELINE.format(http=http, listen=listen))

    def start(self, http="", listen="127.0.0.1"):
        self.write(http, listen)
        self.engines += 1
        engine = self.engine = Engine(self.folder, self.path, name=f"engine{self.engines}")
        self.addCleanup(lambda: self.assertEqual(engine.stop(), 0))
        engine.start()
        wait_until(lambda: "status at" in engine.log(), "it listens")
        return engine

    def connect(self, data=b""):
        connection = socket.create_connection(("127.0.0.1", self.engine.port), timeout=60)
        self.addCleanup(connection.close)
        connection.sendall(data)
        return connection

    def answer(self, data):
        """Status, and all that came."""
        connection = self.connect(data)
        text = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                text += piece
        found = re.match(rb"HTTP/1\.[01] (\d+)", text)
        return int(found[1]) if found else None, text.decode(errors="replace")

    def refused(self, reason):
        for line in self.engine.get("/metrics")[1].splitlines():
            if line.startswith(f'penstock_http_refused_total{{reason="{reason}"}}'):
                return float(line.split()[-1])
        return None

    # ---- too many, too slow ----

    def test_more_connections_than_allowed_close_the_oldest_and_the_newest_is_answered(self):
        self.start("max_connections = 50")
        idle = [self.connect() for _ in range(300)]
        self.assertEqual(self.engine.get("/health/live")[0], 200)
        wait_until(lambda: self.engine.metric("penstock_http_connections") <= 51, "the oldest are closed")
        self.assertGreaterEqual(self.refused("connections"), 249)
        self.assertEqual(idle[0].recv(1), b"")
        self.assertIn("more than max_connections = 50; the oldest are closed", self.engine.log())
        # Once, not three hundred times.
        self.assertEqual(self.engine.log().count("max_connections"), 1)

    def test_descriptors_and_memory_stay_bounded_under_thousands_of_connections(self):
        self.start()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        count = min(10_000, hard - 500)
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + 400, hard))
        for i in range(count):
            self.connect()
            if i % 1000 == 0:
                self.assertEqual(self.engine.get("/health/live")[0], 200)
        self.assertEqual(self.engine.get("/health/live")[0], 200)
        self.assertLess(self.engine.metric("process_open_fds"), 256 + 64 + 60)
        before = self.engine.metric("test_points_received_total")
        wait_until(lambda: self.engine.metric("test_points_received_total") > before + 1000,
                   "the flow goes on")

    def test_slow_and_silent_requests_are_closed_after_request_timeout(self):
        self.start('request_timeout = "1s"')
        silent, slow = self.connect(), self.connect(b"GET /status HTTP/1.1\r\n")
        stop = threading.Event()

        def drip():
            with contextlib.suppress(OSError):
                while not stop.wait(0.1):
                    slow.sendall(b"X")  # a header that never ends
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            for connection in (silent, slow):
                with contextlib.suppress(ConnectionResetError):
                    self.assertEqual(connection.recv(1), b"")
        finally:
            stop.set()
            thread.join()
        wait_until(lambda: self.engine.metric("penstock_http_connections") == 1, "they are gone")
        self.assertGreaterEqual(self.refused("slow"), 1)
        self.assertIn("asked for nothing within request_timeout = 1s", self.engine.log())

    def test_a_stop_does_not_wait_for_a_client_that_reads_nothing(self):
        engine = self.start()
        deaf = [self.connect(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                for path in ["/events"] * 8 + ["/tap?node=machines&rate=1000"] * 4]
        for connection in deaf:
            self.assertTrue(connection.recv(20).startswith(b"HTTP/1.1 200"))
        begin = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        # Far below a timeout of any kind, far above what a loaded machine needs.
        self.assertLess(time.monotonic() - begin, 9)

    def test_streams_go_on_beyond_request_timeout(self):
        self.start('request_timeout = "1s"')
        events = self.connect(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        text = b""
        while text.count(b"data: ") < 4:
            piece = events.recv(65536)
            self.assertTrue(piece, text)
            text += piece

    # ---- wrong requests ----

    def test_wrong_requests_get_an_error_and_nothing_else(self):
        self.start()
        get = "GET {} HTTP/1.1\r\nHost: x\r\n{}\r\n".format
        for what, request, statuses in [
                ("a method", "DELETE /status HTTP/1.1\r\nHost: x\r\n\r\n", {405}),
                ("a body", "POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", {405}),
                ("an endless body",
                 "PUT /health HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", {405}),
                ("a path out", get("/../../etc/passwd", ""), {404}),
                ("an encoded path out", get("/%2e%2e/%2e%2e/etc/passwd", ""), {404}),
                ("a path with NUL", get("/status%00.css", ""), {404, 400, 200}),
                ("a huge URL", get("/" + "a" * 100_000, ""), {414, 431, 404, None}),
                ("a huge header", get("/status", "X: " + "a" * 100_000 + "\r\n"), {431, 413, None}),
                ("many headers", get("/status", "X: 1\r\n" * 100), {431}),
                ("a header over the limit", get("/status", "X: " + "a" * 17_000 + "\r\n"), {431}),
                ("no HTTP", "\x00\x01\x02\r\n\r\n", {400, None}),
                ("another version", "GET / HTTP/9.9\r\n\r\n", {505, 400, 200, None}),
                ("TLS where there is none", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", {400, None}),
                ("a broken length", get("/status", "Content-Length: -1\r\n"), {400, 200, None})]:
            with self.subTest(what):
                status, text = self.answer(request.encode("latin-1"))
                self.assertIn(status, statuses, text[:300])
                self.assertNotIn("root:", text)
        self.assertGreaterEqual(self.refused("head"), 2)
        status, _ = self.answer(get("/status", "X: 1\r\n" * 60).encode())
        self.assertEqual(status, 200)
        self.assertEqual(self.engine.get("/health/live")[0], 200)

    # ---- login and TLS ----

    def fetch(self, path, user=None, scheme="http", **more):
        request = urllib.request.Request(f"{scheme}://localhost:{self.engine.port}{path}")
        if user:
            request.add_header("Authorization",
                               "Basic " + base64.b64encode(user.encode()).decode())
        try:
            with urllib.request.urlopen(request, timeout=30, **more) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            self.assertEqual("WWW-Authenticate" in e.headers, e.code == 401)
            return e.code, e.read().decode()

    def test_with_a_login_only_the_probes_answer_without_it(self):
        self.start('username = "operator"\npassword = "geheim:ä"')
        for path in ("/", "/page.css", "/health", "/status", "/metrics", "/view", "/graph", "/events",
                     "/tap?node=machines&limit=1", "/nothing"):
            for user in (None, "operator:", "operator:geheim:", "operator:geheim:äx", "x:geheim:ä",
                         "operator"):
                with self.subTest(path=path, user=user):
                    self.assertEqual(self.fetch(path, user)[0], 401)
        for path in ("/health/live", "/health/ready"):
            self.assertEqual(self.fetch(path)[0], 200)
        for path in ("/", "/status", "/metrics", "/tap?node=machines&limit=1"):
            self.assertEqual(self.fetch(path, "operator:geheim:ä")[0], 200)
        self.assertIn("requests without the right login", self.engine.log())
        self.assertNotIn("geheim", self.engine.log())
        status = self.fetch("/status", "operator:geheim:ä")[1] + self.fetch("/graph", "operator:geheim:ä")[1]
        self.assertNotIn("geheim", status)

    def test_taps_on_every_address_need_a_login(self):
        self.start(listen="0.0.0.0")
        self.assertEqual(self.fetch("/tap?node=machines&limit=1")[0], 403)
        self.engine.stop()
        self.start('username = "u"\npassword = "p"', listen="0.0.0.0")
        self.assertEqual(self.fetch("/tap?node=machines&limit=1", "u:p")[0], 200)

    def certificate(self, name="localhost"):
        paths = [os.path.join(self.folder, part) for part in ("cert.pem", "key.pem")]
        run_process(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                     "-addext", f"subjectAltName=DNS:{name}", "-out", paths[0], "-keyout", paths[1]],
                    check=True, capture_output=True)
        return paths

    def test_https_and_the_commands_that_ask_over_it(self):
        cert, key = self.certificate()
        tls = f'tls_cert = "{cert}"\ntls_key = "{key}"\nusername = "u"\npassword = "pw"'
        engine = self.start(tls)
        self.assertIn(f"status at https://127.0.0.1:{engine.port}/status", engine.log())
        context = ssl.create_default_context(cafile=cert)
        status, text = self.fetch("/status", "u:pw", "https", context=context)
        self.assertEqual(status, 200)
        json.loads(text)
        with self.assertRaises(ssl.SSLError):
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
            with socket.create_connection(("127.0.0.1", engine.port)) as plain:
                old.wrap_socket(plain).close()

        def ask(*command):
            done = run_process([PENSTOCK, *command], capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout + done.stderr
        here = f"https://u:pw@localhost:{engine.port}"
        self.assertEqual(ask("health", here + "/health", "--ca", cert)[0], 0)
        self.assertEqual(ask("tap", "machines", "--limit", "1", "--url", here, "--ca", cert)[0], 0)
        self.assertIn("machines", ask("top", "--once", here, "--ca", cert)[1])
        code, words = ask("health", here + "/health")
        self.assertEqual(code, 1)
        self.assertIn("certificate", words)
        self.assertNotIn("pw@", words)
        code, words = ask("health", f"http://localhost:{engine.port}/health")
        self.assertEqual(code, 1)

        # A renewed certificate and another password are taken by a reload, on the same port.
        old = self.certificate_of(engine.port)
        self.certificate()
        self.write(tls.replace('"pw"', '"next"'))
        done = run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                           capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotEqual(self.certificate_of(engine.port), old)
        context = ssl.create_default_context(cafile=cert)
        self.assertEqual(self.fetch("/status", "u:pw", "https", context=context)[0], 401)
        self.assertEqual(self.fetch("/status", "u:next", "https", context=context)[0], 200)

    def certificate_of(self, port):
        return ssl.get_server_certificate(("127.0.0.1", port))

    def test_clients_that_never_finish_their_handshake_hold_up_nobody(self):
        cert, key = self.certificate()
        self.start(f'tls_cert = "{cert}"\ntls_key = "{key}"\nmax_connections = 20')
        for _ in range(100):
            self.connect(b"\x16\x03\x01\x02\x00\x01\x00")  # the first bytes of a ClientHello
        context = ssl.create_default_context(cafile=cert)
        self.assertEqual(self.fetch("/health/live", None, "https", context=context)[0], 200)


if __name__ == "__main__":
    unittest.main()
