"""packaging/nginx/penstock.conf with a real nginx: the page, its events and a tap come through it, and
a siege of nginx does not reach Penstock."""

import base64
import os
import re
import resource
import shutil
import socket
import ssl
import unittest
import urllib.error
import urllib.request

from listener import PIPELINE
from services import (PENSTOCK, ROOT, Engine, end_process, free_port, run_process, start_process,
                      temporary_folder, wait_until)

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")


@unittest.skipUnless(NGINX, "nginx is not installed")
class Proxy(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(temporary_folder())
        pipeline = os.path.join(self.folder, "pipeline.toml")
        with open(pipeline, "w") as f:
            f.write(PIPELINE.format(http='username = "u"\npassword = "p"', listen="127.0.0.1"))
        self.engine = Engine(self.folder, pipeline)
        self.addCleanup(lambda: self.assertEqual(self.engine.stop(), 0))
        self.engine.start()
        wait_until(lambda: self.engine.get("/health/live")[0] == 200, "it listens")
        self.start_nginx()

    def start_nginx(self):
        self.port = free_port()
        cert, key = (os.path.join(self.folder, name) for name in ("cert.pem", "key.pem"))
        run_process(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost", "-out", cert, "-keyout", key],
                       check=True, capture_output=True)
        self.tls = ssl.create_default_context(cafile=cert)
        with open(os.path.join(ROOT, "packaging", "nginx", "penstock.conf")) as f:
            site = f.read()
        # What an operator sets: addresses and certificate, nothing else.
        for wrong, right in ((r"listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
                             (r"server 127\.0\.0\.1:8080", f"server 127.0.0.1:{self.engine.port}"),
                             (r"/etc/ssl/certs/penstock\.pem", cert),
                             (r"/etc/ssl/private/penstock\.key", key)):
            site, count = re.subn(wrong, right, site)
            self.assertEqual(count, 1, wrong)
        config = os.path.join(self.folder, "nginx.conf")
        paths = " ".join(f"{kind}_temp_path {self.folder}/{kind};"
                         for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        with open(config, "w") as f:
            f.write(f"{user} daemon off; pid {self.folder}/pid; error_log {self.folder}/nginx.log;\n"
                    f"worker_rlimit_nofile 12000; events {{ worker_connections 10000; }}\n"
                    f"http {{ access_log off; {paths}\n{site}\n}}\n")
        self.nginx = start_process([NGINX, "-c", config, "-e", f"{self.folder}/nginx.log"], by="TERM")
        self.addCleanup(end_process, self.nginx)
        wait_until(lambda: self.answers(), "nginx listens")

    def answers(self):
        try:
            return self.get("/health/live")[0] == 200
        except OSError:
            return False

    def open(self, path, user="u:p"):
        headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if user else {}
        request = urllib.request.Request(f"https://localhost:{self.port}{path}", headers=headers)
        return urllib.request.urlopen(request, timeout=30, context=self.tls)

    def get(self, path, user="u:p"):
        try:
            with self.open(path, user) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()

    def test_the_page_its_events_and_a_tap_come_through(self):
        self.assertIn("<title>", self.get("/")[1])
        self.assertIn("accounting", self.get("/status")[1])
        self.assertEqual(len(self.get("/tap?node=machines&limit=3&rate=100")[1].split("\n")) - 1, 3)
        with self.open("/events") as events:
            lines = [events.readline() for _ in range(3)]
        self.assertTrue(any(line.startswith(b"data: ") for line in lines), lines)

    def test_without_a_login_of_penstock_nobody_gets_a_tap_by_nginx(self):
        self.assertEqual(self.get("/tap?node=machines&limit=1", user=None)[0], 401)
        with open(self.engine.pipeline, "w") as f:
            f.write(PIPELINE.format(http="", listen="127.0.0.1"))
        run_process([PENSTOCK, "reload", "--pid", str(self.engine.process.pid)], check=True,
                    capture_output=True)
        self.assertEqual(self.get("/status", user=None)[0], 200)
        status, text = self.get("/tap?node=machines&limit=1", user=None)
        self.assertEqual(status, 403)
        self.assertIn("a tap shows what flows", text)
        # From this machine itself it is given.
        self.assertEqual(self.engine.get("/tap?node=machines&limit=1")[0], 200)

    def test_a_siege_of_nginx_does_not_reach_penstock(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 5000), hard))
        for i in range(2000):
            each = socket.create_connection(("127.0.0.1", self.port), timeout=30)
            self.addCleanup(each.close)
            if i % 3 == 0:
                each.sendall(b"\x16\x03\x01\x02\x00\x01\x00")  # half of a handshake
        self.assertEqual(self.get("/status")[0], 200)
        # The one that asks.
        metrics = self.get("/metrics")[1]
        self.assertEqual(re.search(r"^penstock_http_connections (\d+)", metrics, re.MULTILINE)[1], "1")


if __name__ == "__main__":
    unittest.main()
