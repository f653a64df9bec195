"""A private mosquitto, a private PostgreSQL and a Penstock engine, each in a temporary
folder on free loopback ports, for the system tests, the benchmarks and the demo."""

import contextlib
import glob
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("PENSTOCK_BUILD", os.path.join(ROOT, "build", "release"))
PENSTOCK = os.path.join(BUILD, "bin", "penstock")
MQTT_LOAD = os.path.join(BUILD, "bench", "mqtt_load")
# Every process that we start has its own session, so that Ctrl-C reaches only us, and we end
# the others in order.
DEADLINE_S = 120  # for any condition that a test waits for


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(condition, what, deadline_s=DEADLINE_S, every_s=0.02):
    """Waits for a condition; its value. Raises when the deadline passes."""
    end = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"not within {deadline_s} s: {what}")
        time.sleep(every_s)


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


def end_process(process, how=signal.SIGTERM, deadline_s=60):
    """Ends a process that we started; its exit code."""
    if process is None:
        return None
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    return process.returncode


@contextlib.contextmanager
def stopped_on_failure(service):
    """What a constructor has started ends when it is interrupted, since nobody else knows it."""
    try:
        yield
    except BaseException:
        service.stop()
        raise


class Broker:
    """mosquitto, with a queue for absent sessions that does not overflow."""

    def __init__(self, folder, settings="", listener=""):
        self.folder = os.path.join(folder, "broker")
        os.makedirs(self.folder)
        self.port = free_port()
        self.process = None
        self.config = os.path.join(self.folder, "mosquitto.conf")
        user = pwd.getpwuid(os.geteuid()).pw_name
        anonymous = "" if "allow_anonymous" in settings else "allow_anonymous true\n"
        with open(self.config, "w") as f:
            f.write(
                f"listener {self.port} 127.0.0.1\n{listener}\n{anonymous}"
                f"user {user}\npersistence true\npersistence_location {self.folder}/\n"
                "max_queued_messages 0\nlog_dest file " + self.folder + "/log\n" + settings)
        with stopped_on_failure(self):
            self.start()

    @property
    def url(self):
        return f"tcp://localhost:{self.port}"

    def start(self):
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen([program, "-c", self.config], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True)
        wait_until(lambda: accepts(self.port), "mosquitto listens")

    def stop(self):
        """An orderly stop, in which mosquitto saves sessions and queues."""
        end_process(self.process)

    def publish(self, topic, payload, *more):
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1",
                        "-t", topic, "-m", payload, *more], check=True)

    def publish_bytes(self, topic, payload, *more):
        """A payload that no command line could hold."""
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1",
                        "-t", topic, "-s", *more], input=payload, check=True)

    def load(self, points, *more):
        """Starts simulated machines; the process."""
        return subprocess.Popen([MQTT_LOAD, "--port", str(self.port), "--points", str(points),
                                 *more], stdout=subprocess.PIPE, text=True, start_new_session=True)


class Database:
    """PostgreSQL with the pipeline's role and table."""

    def __init__(self, folder, settings=()):
        self.folder = os.path.join(folder, "database")
        os.makedirs(self.folder)
        self.port = free_port()
        self.password = secrets.token_urlsafe(12)
        self.settings = list(settings)
        self.process = None
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self.as_user = ["runuser", "-u", "postgres", "--"]
        self.superuser = "postgres"
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = found[-1] if found else os.path.dirname(shutil.which("postgres"))
        self.run(os.path.join(self.bin, "initdb"), "-D", self.folder + "/data", "-U", "postgres",
                 "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256",
                 "--no-sync")
        with stopped_on_failure(self):
            self.start()
            self.psql("CREATE DATABASE nexus_historian", database="postgres")
            self.psql_file(os.path.join(ROOT, "packaging", "sql", "init.sql"))

    def run(self, *command):
        done = subprocess.run([*self.as_user, *command], cwd="/", capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        options = ["-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1", "-c",
                   f"unix_socket_directories={self.folder}", "-c", "logging_collector=off"]
        for setting in self.settings:
            options += ["-c", setting]
        with open(os.path.join(self.folder, "log"), "a") as log:
            self.process = subprocess.Popen(
                [*self.as_user, os.path.join(self.bin, "postgres"), "-D", self.folder + "/data",
                 *options], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True)
        self.wait()

    def wait(self):
        def ready():
            done = subprocess.run([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder,
                                   "-p", str(self.port)])
            if self.process.poll() is not None:
                with open(os.path.join(self.folder, "log")) as log:
                    raise RuntimeError("PostgreSQL ended: " + log.read()[-2000:])
            return done.returncode == 0
        wait_until(ready, "PostgreSQL answers")

    def stop(self, mode="fast"):
        """Sessions are ended, what is committed stays."""
        if self.process and self.process.poll() is None:
            self.run(os.path.join(self.bin, "pg_ctl"), "stop", "-D", self.folder + "/data", "-m",
                     mode, "-w")
            self.process.wait()

    def kill(self):
        """Ends at once, as in a crash: the next start recovers from the WAL."""
        self.stop("immediate")

    def psql(self, sql, database="nexus_historian"):
        """Runs SQL as the superuser; the unaligned output."""
        return self.psql_arguments(database, "-c", sql)

    def psql_file(self, path):
        with open(path) as f:
            return self.psql_arguments("nexus_historian", "-v", "password=" + self.password,
                                       stdin=f.read())

    def psql_arguments(self, database, *arguments, stdin=None):
        done = subprocess.run(
            ["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p",
             str(self.port), "-U", self.superuser, "-d", database, *arguments], input=stdin,
            capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def count(self, where="true"):
        return int(self.psql(f"SELECT count(*) FROM metrics WHERE {where}"))

    def has_extension(self):
        return self.psql("SELECT count(*) FROM pg_extension WHERE extname='timescaledb'") == "1"


class Engine:
    """`penstock run` of a pipeline file, with nothing but the documented variables set."""

    def __init__(self, folder, pipeline, broker=None, database=None, name="engine", **variables):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder, exist_ok=True)
        self.port = free_port()
        self.pipeline = pipeline
        self.process = None
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith(("INGESTION_", "MQTT_", "DB_"))}
        self.environment["INGESTION_HTTP_PORT"] = str(self.port)
        self.environment["STATE_DIRECTORY"] = self.folder
        if broker:
            self.environment["INGESTION_MQTT_BROKER_URL"] = broker.url
            self.environment["INGESTION_MQTT_CLIENT_ID"] = f"test-{name}"
        if database:
            self.environment["INGESTION_DB_HOST"] = "127.0.0.1"
            self.environment["INGESTION_DB_PORT"] = str(database.port)
            self.environment["INGESTION_DB_PASSWORD"] = database.password
        self.environment.update(variables)
        self.log_path = os.path.join(self.folder, "log")

    def start(self, *arguments):
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen([PENSTOCK, "run", self.pipeline, *arguments],
                                            env=self.environment, cwd=self.folder,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        return self

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"the engine ended with {self.process.returncode}: {self.log()}")
            return self.get("/health/ready")[0] == 200
        wait_until(ready, "the engine is ready")
        return self

    def stop(self, how=signal.SIGTERM, deadline_s=60):
        """Its exit code. An orderly end says whether every point is accounted for."""
        code = end_process(self.process, how, deadline_s)
        assert "not accounted for" not in self.log(), self.log()
        return code

    def log(self):
        with open(self.log_path) as f:
            return f.read()

    def get(self, path):
        """Status and body; (0, "") while nothing listens."""
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()
        except OSError:
            return 0, ""

    def memory(self, kind):
        """Bytes of VmRSS, RssAnon, RssFile …"""
        with open(f"/proc/{self.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(kind)) * 1024

    def status(self):
        return json.loads(self.get("/status")[1] or "{}")

    def assert_balanced(self, **expected):
        """Every point is accounted for, and none is on its way. `expected`: so many ended so."""
        wait_until(lambda: self.status()["accounting"]["in_flight"] == 0, "nothing is on its way")
        accounting = self.status()["accounting"]
        ends = ("stored", "filtered", "rejected_kept", "rejected_lost", "dropped")
        assert accounting["balanced"], accounting
        assert accounting["received"] == sum(accounting[end] for end in ends), accounting
        for end, count in expected.items():
            assert accounting[end] == count, (end, count, accounting)

    def metric(self, name):
        """The sum of all samples of a metric."""
        samples = [line.rsplit(" ", 1) for line in self.get("/metrics")[1].splitlines()
                   if line.startswith((name + " ", name + "{"))]
        return sum(float(value) for _, value in samples)


@contextlib.contextmanager
def temporary_folder(keep=False):
    """A folder that PostgreSQL's user can enter."""
    folder = tempfile.mkdtemp(prefix="penstock-")
    os.chmod(folder, 0o755)
    try:
        yield folder
    finally:
        if keep:
            print(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
