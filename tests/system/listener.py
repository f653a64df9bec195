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

from services import PENSTOCK, Engine, free_port, run_process, temporary_folder, wait_until

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

    def start(self, http="", listen="127.0.0.1", probes=False):
        self.probes = free_port() if probes else None
        if probes:
            http += f'\nprobe_listen = "127.0.0.1:{self.probes}"'
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

    def probe(self, path, user=None):
        """Status and body of a request to probe_listen."""
        headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if user else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.probes}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    @staticmethod
    def sample(metrics, name):
        """The sum of all samples of a metric."""
        return sum(float(line.split()[-1]) for line in metrics.splitlines()
                   if line.startswith((name + " ", name + "{")))

    def refused(self, reason):
        for line in self.engine.get("/metrics")[1].splitlines():
            if line.startswith(f'penstock_http_refused_total{{reason="{reason}"}}'):
                return float(line.split()[-1])
        return None

    # ---- too many, too slow ----

    def test_more_connections_than_threads_wait_for_those_before_them(self):
        self.start('max_connections = 20\nrequest_timeout = "1s"')
        for _ in range(30):
            self.connect()
        self.assertEqual(self.engine.get("/health/live")[0], 200)
        self.assertGreaterEqual(self.engine.metric("penstock_http_busy_total"), 1)
        self.assertGreaterEqual(self.refused("slow"), 11)
        self.assertIn(f"all 20 connections of 127.0.0.1:{self.engine.port} are in use", self.engine.log())
        # Once, not at each.
        self.assertEqual(self.engine.log().count("further ones wait"), 1)

    def test_200_idle_and_40_slow_connections_change_nothing(self):
        self.start()
        for i in range(240):
            self.connect(b"GET /status HTTP/1.1\r\n" if i % 6 == 0 else b"")
        for path in ("/health/live", "/status", "/"):
            begin = time.monotonic()
            self.assertEqual(self.engine.get(path)[0], 200)
            # Below every timeout: a loaded machine needs far less.
            self.assertLess(time.monotonic() - begin, 4)

    def test_probes_answer_while_thousands_of_connections_besiege_the_page(self):
        self.start(probes=True)
        self.besiege(3000)
        for _ in range(20):
            for path in ("/health/live", "/health/ready", "/health", "/metrics"):
                self.assertEqual(self.probe(path)[0], 200)
        metrics = self.probe("/metrics")[1]
        # Its threads, what CivetWeb queues, and what an engine has besides.
        self.assertLess(self.sample(metrics, "process_open_fds"), 256 + 20 + 80)
        before = self.sample(metrics, "penstock_node_rows_in_total")
        wait_until(lambda: self.sample(self.probe("/metrics")[1], "penstock_node_rows_in_total") >
                   before + 1000, "the flow goes on")

    def test_a_besieged_engine_stops_at_once_and_a_freed_one_answers_again(self):
        engine = self.start(probes=True)
        held = self.besiege(3000)
        self.assertEqual(self.probe("/health/live")[0], 200)
        for each in held:
            each.close()
        wait_until(lambda: engine.get("/health/live")[0] == 200, "the page is back", 30)
        self.besiege(3000)
        begin = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        self.assertLess(time.monotonic() - begin, 9)

    def besiege(self, count):
        """Connections that say nothing; most of them wait in the system's queue or before it."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 1000), hard))
        held = []
        for _ in range(count):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", self.engine.port))
            self.addCleanup(each.close)
            held.append(each)
        return held

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
            self.assertEqual(silent.recv(1), b"")
            with contextlib.suppress(ConnectionResetError):
                text = b""
                while piece := slow.recv(4096):
                    text += piece
                self.assertIn(b"408", text)
        finally:
            stop.set()
            thread.join()
        wait_until(lambda: self.engine.metric("penstock_http_connections") == 1, "they are gone")
        self.assertGreaterEqual(self.refused("slow"), 2)
        self.assertIn("closed a connection that sent no complete request within request_timeout = 1s", self.engine.log())

    def test_a_stop_does_not_wait_for_a_client_that_reads_nothing(self):
        engine = self.start()
        deaf = [self.connect(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
                for path in ["/events"] * 8 + ["/tap?node=machines&rate=1000"] * 4]
        for connection in deaf:
            self.assertTrue(connection.recv(20).startswith(b"HTTP/1.1 200"))
        begin = time.monotonic()
        self.assertEqual(engine.stop(), 0)
        # Far below a timeout of any kind, far above what a loaded machine needs.
        self.assertLess(time.monotonic() - begin, 9)

    def test_streams_go_on_beyond_request_timeout(self):
        self.start('request_timeout = "1s"')
        events = self.connect(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        text = b""
        while text.count(b"data: ") < 4:
            piece = events.recv(65536)
            self.assertTrue(piece, text)
            text += piece

    def test_an_address_has_a_few_streams_only(self):
        self.start()
        answers = [self.connect(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n") for _ in range(9)]
        statuses = sorted(each.recv(12)[-3:] for each in answers)
        self.assertEqual(statuses, [b"200"] * 8 + [b"503"])
        self.assertEqual(self.refused("streams"), 1)
        for each in answers:
            each.close()
        wait_until(lambda: self.connect(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n").recv(12)[-3:]
                   == b"200", "there is room again")

    # ---- addresses ----

    def test_the_page_and_the_probes_have_several_addresses_and_their_own_paths(self):
        other, probes = free_port(), free_port()
        self.write(f'probe_listen = ["127.0.0.1:{probes}", "127.0.0.2:{probes}"]')
        with open(self.path) as f:
            text = f.read()
        with open(self.path, "w") as f:
            f.write(text.replace('listen = "127', f'listen = ["localhost:{other}", "127', 1)
                    .replace('PORT}"', 'PORT}"]', 1))
        engine = self.engine = Engine(self.folder, self.path)
        self.addCleanup(engine.stop)
        engine.start()
        wait_until(lambda: engine.get("/health/live")[0] == 200, "it listens")
        for place, statuses in ((f"127.0.0.1:{other}", (200, 200, 200)),
                                (f"127.0.0.1:{engine.port}", (200, 200, 200)),
                                (f"127.0.0.1:{probes}", (200, 200, 404)),
                                (f"127.0.0.2:{probes}", (200, 200, 404))):
            for path, status in zip(("/health/live", "/metrics", "/status"), statuses):
                with self.subTest(place=place, path=path):
                    try:
                        with urllib.request.urlopen(f"http://{place}{path}", timeout=30) as answer:
                            self.assertEqual(answer.status, status)
                    except urllib.error.HTTPError as e:
                        self.assertEqual(e.code, status)
                        self.assertIn("probe_listen serves", e.read().decode())

    def test_port_0_is_a_free_port_and_the_log_says_which(self):
        self.write()
        with open(self.path) as f:
            text = f.read()
        with open(self.path, "w") as f:
            f.write(text.replace("${INGESTION_HTTP_PORT}", "0"))
        engine = Engine(self.folder, self.path)
        self.addCleanup(engine.stop)
        engine.start()
        wait_until(lambda: "status at" in engine.log(), "it listens")
        engine.port = int(re.search(r"status at http://127.0.0.1:(\d+)/", engine.log())[1])
        self.assertEqual(engine.get("/health/live")[0], 200)

    def test_a_reload_takes_a_login_at_once_and_other_addresses_and_limits(self):
        engine = self.start()
        before = engine.port
        events = self.connect(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        self.assertTrue(events.recv(20))

        def reload(http):
            self.write(http)
            done = run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                                  capture_output=True, text=True, timeout=60)
            return done.returncode, done.stdout + done.stderr
        # A login needs no other sockets: what is open goes on.
        self.assertEqual(reload('username = "u"\npassword = "p"')[0], 0)
        self.assertEqual(self.fetch("/status")[0], 401)
        self.assertTrue(events.recv(65536))
        # Other limits need other threads, on the same port.
        self.assertEqual(reload("max_connections = 32")[0], 0)
        wait_until(lambda: engine.get("/status")[0] == 200, "it listens again")
        # Another address is there before the one before it goes; one that is taken changes nothing.
        taken = socket.socket()
        self.addCleanup(taken.close)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        engine.environment["INGESTION_HTTP_PORT"] = ""
        self.write()
        with open(self.path) as f:
            text = f.read()
        for port, code in ((taken.getsockname()[1], 1), (free_port(), 0)):
            with open(self.path, "w") as f:
                f.write(text.replace("${INGESTION_HTTP_PORT}", str(port)))
            done = run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, code, done.stderr)
            if code:
                self.assertIn(f"127.0.0.1:{port} is in use by ", done.stderr)
                self.assertEqual(engine.get("/health/live")[0], 200)
            else:
                self.assertEqual(engine.get("/health/live")[0], 0)
                engine.port = port
                self.assertEqual(engine.get("/health/live")[0], 200)
        self.assertNotEqual(engine.port, before)

    def test_a_reload_to_what_cannot_be_served_changes_nothing(self):
        engine = self.start()
        with open(self.path) as f:
            text = f.read()
        weak = os.path.join(self.folder, "weak")
        run_process(["openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", weak + ".key",
                     "-out", weak + ".pem", "-subj", "/CN=localhost"], check=True, capture_output=True)
        port = f":{engine.port}"
        for http, words in (
                (f'listen = "nosuch.invalid{port}"\nusername = "u"\npassword = "p"', "nosuch.invalid"),
                (f'listen = "192.0.2.1{port}"', "192.0.2.1"),
                (f'listen = "127.0.0.1{port}"\ntls_cert = "{weak}.pem"\ntls_key = "{weak}.key"',
                 "OpenSSL refuses")):
            with self.subTest(http):
                with open(self.path, "w") as f:
                    f.write(re.sub(r"(?m)^listen.*$", http, text))
                done = run_process([PENSTOCK, "reload", "--pid", str(engine.process.pid)],
                                   capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn(words, done.stderr)
                code, status = engine.get("/status")
                self.assertEqual(code, 200)
                self.assertNotIn("nosuch", status)

    def check(self, listen, *more):
        with open(self.path, "w") as f:
            f.write(PIPELINE.format(http="", listen="127.0.0.1").replace(
                '"127.0.0.1:${INGESTION_HTTP_PORT}"', json.dumps(listen)))
        done = run_process([PENSTOCK, "check", *more, self.path], capture_output=True, text=True,
                              timeout=60)
        return done.returncode, done.stderr

    def test_check_refuses_addresses_that_a_start_would_refuse(self):
        for listen, words in (
                ("8080", '"8080" is not host:port, such as 127.0.0.1:8080'),
                ("localhost", '"localhost" is not host:port'),
                ("localhost:99999", "the port must be a number from 1 to 65535, or 0 for a free one"),
                ("localhost:-1", "the port must be a number"),
                ("localhost:", "the port must be a number"),
                ("localhost:http", "the port must be a number"),
                ("localhost: 80", "the port must be a number"),
                ("::1:8080", '"::1:8080" is not host:port'),
                ("http://localhost:8080", "is not host:port"),
                ("[::1]", "is not host:port"),
                (["127.0.0.1:8080", "127.0.0.1:8o80"], '"127.0.0.1:8o80": the port must be'),
                ([], "listen: is empty"),
                (["127.0.0.1:8080", ":8080"], "127.0.0.1:8080 and :8080 use the same port")):
            with self.subTest(listen):
                code, text = self.check(listen)
                self.assertEqual(code, 1)
                self.assertIn(words, text)
                self.assertIn("pipeline.toml:5:10: listen:", text)

    def test_an_ipv6_address_is_served_or_refused_with_the_reason(self):
        code, text = self.check("[::1]:0")
        if code:
            self.assertIn("built without IPv6", text)
            self.assertIn("use an IPv4 address, such as 0.0.0.0:0", text)
            return
        self.start(listen="[::1]")
        with urllib.request.urlopen(f"http://[::1]:{self.engine.port}/health/live") as answer:
            self.assertEqual(answer.status, 200)

    def test_check_connect_tries_the_address_and_names_who_has_it(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            listen = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assertEqual(self.check(listen)[0], 0)
            code, text = self.check(listen, "--connect")
            self.assertEqual(code, 1)
            self.assertIn(f"listen: {listen} is in use by python3 (process {os.getpid()}); stop that, "
                          "or choose another port", text)
            engine = Engine(self.folder, self.path, name="second").start()
            self.assertEqual(engine.process.wait(60), 1)
            self.assertIn(f"is in use by python3 (process {os.getpid()})", engine.log())
        # The engine that runs the file is none that is in its way.
        running = self.start()
        code, text = self.check(f"127.0.0.1:{running.port}", "--connect")
        self.assertEqual(code, 0)
        self.assertIn(f"in use by penstock (process {running.process.pid})", text)
        code, text = self.check("192.0.2.1:8080", "--connect")
        self.assertEqual(code, 1)
        self.assertIn("this machine does not have the address 192.0.2.1", text)

    # ---- wrong requests ----

    def test_wrong_requests_get_an_error_and_nothing_else(self):
        self.start()
        get = "GET {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n".format
        for what, request, statuses in [
                ("a method", "DELETE /status HTTP/1.1\r\nHost: localhost\r\n\r\n", {405}),
                ("a body", "POST /status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", {405}),
                ("an endless body",
                 "PUT /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", {405}),
                ("a path out", get("/../../etc/passwd", ""), {404}),
                ("an encoded path out", get("/%2e%2e/%2e%2e/etc/passwd", ""), {404}),
                ("a path with NUL", get("/status%00.css", ""), {404, 400, 200}),
                ("a huge URL", get("/" + "a" * 100_000, ""), {414, 431, 400, None}),
                ("a huge header", get("/status", "X: " + "a" * 100_000 + "\r\n"), {431, 400, None}),
                ("many headers", get("/status", "X: 1\r\n" * 100), {431}),
                ("64 headers, of which CivetWeb shows no more", get("/status", "X: 1\r\n" * 63), {431}),
                ("bytes that are no text in a query", get("/tap?node=%ff", ""), {404}),
                ("such bytes in a port", get("/tap?node=machines&port=%c3", ""), {404}),
                ("such bytes in a number", get("/tap?node=machines&limit=%ff&rate=%80", ""), {400}),
                ("such bytes in another query", get("/history?node=%e2%80", ""), {200}),
                ("half of an escape", get("/tap?node=%f", ""), {404}),
                ("an escape that is none", get("/tap?node=%zz%", ""), {404}),
                ("such bytes in a path", get("/%ff%fe", ""), {404}),
                ("a header over the limit", get("/status", "X: " + "a" * 17_000 + "\r\n"), {431}),
                ("a target that is no path", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}),
                ("a target of another server", "GET http://x/status HTTP/1.1\r\nHost: localhost\r\n\r\n", {400}),
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

    def test_wrong_logins_are_slowed_by_address_and_lock_out_nobody_else(self):
        self.start('username = "u"\npassword = "p"')

        def status(user, source):
            login = "" if user is None else (
                "Authorization: Basic " + base64.b64encode(user.encode()).decode() + "\r\n")
            with socket.create_connection(("127.0.0.1", self.engine.port), 60, (source, 0)) as s:
                s.sendall(f"GET /status HTTP/1.1\r\nHost: localhost\r\n{login}\r\n".encode())
                head = b"".join(iter(lambda: s.recv(65536), b"")).split(b"\r\n\r\n")[0].decode()
            return int(head.split()[1]), head
        # A page that is open on the machine that guesses.
        self.assertEqual(status("u:p", "127.0.0.2")[0], 200)
        for source in ("127.0.0.1", "127.0.0.2"):
            statuses = [status(f"u:{guess}", source)[0] for guess in range(200)]
            if source == "127.0.0.1":
                self.assertEqual(statuses[:60], [401] * 60)
                self.assertEqual(set(statuses[60:]), {429})
        self.assertEqual(status("u:p", "127.0.0.1")[0], 429, "it would tell a guess from a wrong one")
        self.assertIn("Retry-After: 60", status("u:p", "127.0.0.1")[1])
        self.assertEqual(status(None, "127.0.0.1")[0], 401, "that is no guess")
        self.assertEqual(status("u:p", "127.0.0.2")[0], 200)
        self.assertEqual(status("u:p", "127.0.0.3")[0], 200)
        for path in ("/health/live", "/health/ready"):
            self.assertEqual(self.fetch(path)[0], 200)

    def test_without_a_login_a_loopback_address_answers_to_its_own_names_only(self):
        self.start('host_names = ["Plant.example"]', listen="localhost", probes=True)
        port = self.engine.port
        names = {421: ("evil.example", f"evil.example:{port}", "localhost.evil.example", "127.0.0.1.evil.example",
                       "evil.example.", "[evil]", "[]", "", "@", "localhost@evil.example"),
                 200: (f"localhost:{port}", "LOCALHOST", "localhost.", "127.0.0.1", f"127.0.0.1:{port}",
                       "192.0.2.1", "[::1]", f"[fe80::1]:{port}", "my.localhost", socket.gethostname(),
                       "plant.example", "plant.example:443")}
        for expected, hosts in names.items():
            for host in hosts:
                for path in ("/status", "/", "/health/ready", "/tap?node=machines&limit=1"):
                    with self.subTest(host=host, path=path):
                        status, text = self.answer(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                        self.assertEqual(status, expected)
                        self.assertEqual("host_names" in text, expected == 421 or "host_names" in text)
        self.assertGreaterEqual(self.refused("host"), 40)
        # Monitoring by an older protocol names none.
        self.assertEqual(self.answer(b"GET /health/live HTTP/1.0\r\n\r\n")[0], 200)
        with socket.create_connection(("127.0.0.1", self.probes), 60) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            self.assertIn(b" 421 ", s.recv(100))

    def test_with_a_login_any_name_is_answered(self):
        self.start('username = "u"\npassword = "p"')
        head = "GET {} HTTP/1.1\r\nHost: plant.example\r\n{}\r\n".format
        login = "Authorization: Basic " + base64.b64encode(b"u:p").decode() + "\r\n"
        self.assertEqual(self.answer(head("/status", login).encode())[0], 200)
        self.assertEqual(self.answer(head("/status", "").encode())[0], 401)
        self.assertEqual(self.answer(head("/health/live", "").encode())[0], 200)

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
        self.start(f'tls_cert = "{cert}"\ntls_key = "{key}"\nrequest_timeout = "1s"')
        for _ in range(300):
            self.connect(b"\x16\x03\x01\x02\x00\x01\x00")  # the first bytes of a ClientHello
        context = ssl.create_default_context(cafile=cert)
        self.assertEqual(self.fetch("/health/live", None, "https", context=context)[0], 200)
        metrics = self.fetch("/metrics", None, "https", context=context)[1]
        self.assertGreaterEqual(self.sample(metrics, 'penstock_http_refused_total{reason="handshake"}'), 1)

    def test_tls_files_that_a_start_would_refuse_are_refused_by_check(self):
        cert, key = self.certificate()
        other = os.path.join(self.folder, "other.pem")
        encrypted = os.path.join(self.folder, "encrypted.pem")
        run_process(["openssl", "genpkey", "-algorithm", "RSA", "-out", other], check=True,
                       capture_output=True)
        run_process(["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:x", "-out",
                        encrypted], check=True, capture_output=True)
        for files, words in (((cert, other), "is not the key of the certificate"),
                             ((cert, cert), "holds no private key"),
                             ((key, key), "holds no certificate"),
                             ((cert, encrypted), "is encrypted; write it without a passphrase"),
                             ((cert, PENSTOCK), "cannot read"),
                             ((cert, self.path), "is not a PEM file"),
                             ((cert, "/nowhere"), "No such file")):
            with self.subTest(words):
                self.write(f'tls_cert = "{files[0]}"\ntls_key = "{files[1]}"')
                environment = dict(os.environ, INGESTION_HTTP_PORT="0")
                done = run_process([PENSTOCK, "check", self.path], capture_output=True, text=True,
                                      env=environment)
                self.assertEqual(done.returncode, 1)
                self.assertIn(words, done.stderr)


if __name__ == "__main__":
    unittest.main()
