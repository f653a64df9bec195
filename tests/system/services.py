"""A private mosquitto, a private PostgreSQL and a Penstock engine, each in a temporary
folder on free loopback ports, for the system tests, the benchmarks and the demo."""

import atexit
import contextlib
import copy
import fcntl
import functools
import glob
import hashlib
import json
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

from processes import (end_process, run_process, start_process, temporary_folder,  # noqa: F401
                       wait_until, with_us)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("PENSTOCK_BUILD", os.path.join(ROOT, "build", "test"))
PENSTOCK = os.path.join(BUILD, "bin", "penstock")
CLUSTERS = os.path.join(BUILD, "tests", "clusters")  # of PostgreSQL, to be copied
MQTT_LOAD = os.path.join(BUILD, "bench", "mqtt_load")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def accepts(port):
    with socket.socket() as s:
        s.settimeout(1)
        return s.connect_ex(("127.0.0.1", port)) == 0


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
        self.process = start_process([program, "-c", self.config], stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
        wait_until(lambda: accepts(self.port), "mosquitto listens")

    def stop(self):
        """An orderly stop, in which mosquitto saves sessions and queues."""
        end_process(self.process)

    def publish(self, topic, payload, *more):
        run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1",
                     "-t", topic, "-m", payload, *more], check=True)

    def publish_bytes(self, topic, payload, *more):
        """A payload that no command line could hold."""
        run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1",
                     "-t", topic, "-s", *more], input=payload, check=True)

    def publish_lines(self, topic, lines):
        """Each a payload."""
        run_process(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.port), "-q", "1", "-t", topic, "-l"],
                    input="".join(f"{line}\n" for line in lines), text=True, check=True)

    def load(self, points, *more):
        """Starts simulated machines; the process."""
        return start_process([MQTT_LOAD, "--port", str(self.port), "--points", str(points), *more],
                             stdout=subprocess.PIPE, text=True)


@functools.cache
def timescaledb_of(programs):
    """The version of TimescaleDB that is installed for the server whose programs are in this folder,
    or None."""
    pg_config = os.path.join(programs, "pg_config")
    if not os.path.exists(pg_config):
        return None
    libraries, share = run_process([pg_config, "--pkglibdir", "--sharedir"], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout.splitlines()
    control = os.path.join(share, "extension", "timescaledb.control")
    if not os.path.exists(os.path.join(libraries, "timescaledb.so")) or not os.path.exists(control):
        return None
    with open(control) as f:
        return re.search(r"default_version = '(.*)'", f.read())[1]


def server_programs():
    """The folder of the newest PostgreSQL server here."""
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    newest = max(found, key=lambda path: int(path.split("/")[4]), default=shutil.which("postgres"))
    return os.path.dirname(newest)


@functools.cache
def say_timescaledb():
    """Whether servers will preload it; once."""
    version = timescaledb_of(server_programs())
    print(f"TimescaleDB {version} found: preloaded" if version
          else "TimescaleDB is not installed: the table is a plain one", flush=True)
    return version


def copy_folder(folder, to):
    """With its owners and modes, to where there is nothing."""
    os.makedirs(to, exist_ok=True)
    run_process(["cp", "-a", "--reflink=auto", folder + "/.", to], check=True)


def memory_folder():
    """A new one in memory where there is plenty, since a file system takes long to make and delete the thousand files
    of a cluster; None: there is not. Those of processes that are gone are deleted."""
    shared = "/dev/shm"
    if not os.path.isdir(shared) or shutil.disk_usage(shared).free < 8 << 30:
        return None
    parent = os.path.join(shared, f"penstock-tests-{os.geteuid()}")
    os.makedirs(parent, exist_ok=True)
    for name in os.listdir(parent):
        if not os.path.exists(f"/proc/{name.split('-')[0]}"):
            shutil.rmtree(os.path.join(parent, name), ignore_errors=True)
    folder = tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Database:
    """PostgreSQL with the pipeline's role and table: a hypertable where TimescaleDB is installed,
    unless the server is to be a `plain` one that has not loaded it."""

    def __init__(self, folder, settings=(), plain=False):
        self.folder = os.path.join(folder, "database")
        os.makedirs(self.folder)
        self.port = free_port()
        self.password = secrets.token_urlsafe(12)
        self.settings = list(settings)
        self.process = None
        self.user = None
        if os.geteuid() == 0:
            self.user = "postgres"
            shutil.chown(self.folder, self.user, self.user)
        self.superuser = "postgres"
        self.bin = server_programs()
        preload = []
        if not plain and say_timescaledb():
            preload = ["shared_preload_libraries=timescaledb", "timescaledb.telemetry_level=off"]
        if memory := memory_folder():
            if self.user:
                shutil.chown(memory, self.user, self.user)
            os.symlink(memory, self.folder + "/data")
        self.make_cluster(preload)
        self.settings += preload
        with stopped_on_failure(self):
            self.start()
            self.psql(f"ALTER ROLE nexus_ingestion PASSWORD '{self.password}'")

    def make_cluster(self, preload):
        """With role and table. It is made once in a build tree for each server's version and user, which takes
        seconds; a copy takes a tenth of one."""
        data, init = self.folder + "/data", os.path.join(ROOT, "packaging", "sql", "init.sql")
        with open(init) as f:
            key = "\n".join([self.run(self.bin + "/initdb", "--version"), str(self.user or os.geteuid()),
                             *preload, f.read()])
        try:
            os.makedirs(CLUSTERS, exist_ok=True)
            lock = open(os.path.join(CLUSTERS, "lock"), "w")
        except OSError:  # the build tree is somebody else's
            self.fill_cluster(data, init, preload)
            return
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = os.path.join(CLUSTERS, hashlib.sha256(key.encode()).hexdigest()[:16])
            if not os.path.exists(kept):
                # Not there: PostgreSQL's user may not get into the build tree.
                self.fill_cluster(data, init, preload)
                shutil.rmtree(kept + ".new", ignore_errors=True)
                copy_folder(data, kept + ".new")
                os.rename(kept + ".new", kept)
                return
        copy_folder(kept, data)

    def fill_cluster(self, data, init, preload):
        # Segments of 1 MiB leave little to copy; checkpoints are as far apart as by default.
        self.run(self.bin + "/initdb", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust",
                 "--auth-host=scram-sha-256", "--no-sync", "--wal-segsize=1", "-D", data)
        with open(data + "/postgresql.auto.conf", "a") as f:
            f.write("max_wal_size = '1GB'\nmin_wal_size = '80MB'\n")
        own, self.settings = self.settings, preload
        with stopped_on_failure(self):
            self.start()
            self.psql("CREATE DATABASE nexus_historian", database="postgres")
            self.psql_file(init)
        self.stop()
        self.settings = own

    def run(self, *command):
        done = run_process(command, user=self.user, cwd="/", capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]}: {done.stderr.strip()}")
        return done.stdout

    def start(self):
        options = ["-c", f"port={self.port}", "-c", "listen_addresses=127.0.0.1", "-c",
                   f"unix_socket_directories={self.folder}", "-c", "logging_collector=off"]
        for setting in self.settings:
            options += ["-c", setting]
        with open(os.path.join(self.folder, "log"), "a") as log:
            # By SIGQUIT it ends at once, and its own processes with it.
            self.process = start_process(
                [os.path.join(self.bin, "postgres"), "-D", self.folder + "/data", *options],
                by="QUIT", user=self.user, cwd="/", stdout=log, stderr=log)
        self.wait()

    def wait(self):
        def ready():
            done = run_process([os.path.join(self.bin, "pg_isready"), "-q", "-h", self.folder,
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

    def standby(self):
        """A second server that follows this one."""
        other = copy.copy(self)
        other.folder, other.port, other.process = self.folder + "-standby", free_port(), None
        os.makedirs(other.folder)
        if self.user:
            shutil.chown(other.folder, self.user, self.user)
        self.run(os.path.join(self.bin, "pg_basebackup"), "-h", self.folder, "-p", str(self.port), "-U",
                 self.superuser, "-D", other.folder + "/data", "-R", "-X", "stream", "-c", "fast", "--no-sync")
        with stopped_on_failure(other):
            other.start()
        return other

    def promote(self):
        self.run(os.path.join(self.bin, "pg_ctl"), "promote", "-D", self.folder + "/data", "-w")

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
        done = run_process([*self.psql_command(database), *arguments], input=stdin, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def psql_command(self, database="nexus_historian"):
        # Not that in the path, a script in Perl that finds this one.
        return [os.path.join(self.bin, "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port),
                "-U", self.superuser, "-d", database]

    def count(self, where="true"):
        return int(self.psql(f"SELECT count(*) FROM metrics WHERE {where}"))

    def is_hypertable(self):
        return self.psql("SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'") == "1"

    def make_chunk(self):
        """Of today, as a hypertable has it in use: else each refused row makes one and takes it back,
        which costs 50 ms."""
        self.psql("INSERT INTO metrics (time, topic) VALUES (now(), 'first');"
                  "DELETE FROM metrics WHERE topic = 'first'")

    def leave_columnstore(self):
        """Makes the hypertable one without a columnstore, to which constraints and triggers can be
        added; a plain table is that already."""
        if self.is_hypertable():
            self.psql("SELECT remove_compression_policy('metrics');"
                      "ALTER TABLE metrics SET (timescaledb.compress = false)")


class Engine:
    """`penstock run` of a pipeline file, with nothing but the documented variables set."""

    def __init__(self, folder, pipeline, broker=None, database=None, name="engine", **variables):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder, exist_ok=True)
        self.port = free_port()
        self.pipeline = pipeline
        self.process = None
        self.within = []  # a command that runs it
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
            self.process = start_process([*self.within, PENSTOCK, "run", self.pipeline, *arguments], env=self.environment,
                                         cwd=self.folder, stdout=log, stderr=log)
        return self

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise RuntimeError(f"the engine ended with {self.process.returncode}: {self.log()}")
            return self.get("/health/ready")[0] == 200
        wait_until(ready, "the engine is ready")
        return self

    def wait_subscribed(self):
        """Of one that need not be ready."""
        wait_until(lambda: '"connected to ' in self.log(), "the engine has subscribed")
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

    def most_switches(self):
        """How often the busiest of its threads has gone to sleep."""
        found = []
        for path in glob.glob(f"/proc/{self.process.pid}/task/*/status"):
            with open(path) as f:
                found += [int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt")]
        return max(found)

    def status(self):
        return json.loads(self.get("/status")[1] or "{}")

    def assert_balanced(self, **expected):
        """Every point is accounted for, and none is in flight. `expected`: so many ended so."""
        accounting = {}

        def has_ended():  # what the broker has taken may not have arrived yet
            accounting.update(self.status()["accounting"])
            return accounting["in_flight"] == 0 and all(accounting[end] >= count for end, count in expected.items())
        with contextlib.suppress(TimeoutError):  # the assertions say more
            wait_until(has_ended, "nothing is in flight")
        assert accounting["in_flight"] == 0, accounting
        ends = set(accounting) - {"received", "in_flight", "balanced", "rejected_discarded"}
        assert accounting["balanced"], accounting
        assert accounting["received"] == sum(accounting[end] for end in ends), accounting
        for end, count in expected.items():
            assert accounting[end] == count, (end, count, accounting)

    def metric(self, name):
        """The sum of all samples of a metric."""
        samples = [line.rsplit(" ", 1) for line in self.get("/metrics")[1].splitlines()
                   if line.startswith((name + " ", name + "{"))]
        return sum(float(value) for _, value in samples)
