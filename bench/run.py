"""The tables of bench/README.md: CPU-seconds a million points, by the kernel's accounting, each
the least of several runs with the largest beside it. Run by `./dev bench`.

  ./dev bench            everything but the long outage (about five minutes)
  ./dev bench NAME …     only the sections named: decoder queries generator floors paths paho mosquitto
                         latency idle bad looking outage limits
  ./dev bench outage     ten minutes without a database
"""

import contextlib
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from services import (BUILD, MQTT_LOAD, PENSTOCK, ROOT, Broker, Database, Engine, end_process,  # noqa: E402,E501
                      free_port, say_timescaledb, start_process, temporary_folder, wait_until)

RUNS = 5
BENCH = os.path.join(BUILD, "bench")
DISK = 'type = "disk"\npath = "${STATE_DIRECTORY}/intake"\nmax_bytes = "64MiB"'
MEMORY = 'type = "memory"'
CPU, RATE = "CPU-s/million", "per second"


def show(what, limit, values, unit, best=min):
    """A row: the best of the values, and how far they spread."""
    worst = max if best is min else min
    least, other = best(values), worst(values)
    spread = f" ({other:.2f})" if len(values) > 1 else ""
    print(f"| {what} | {limit} | {least:.2f}{spread} | {unit} |", flush=True)


def cpu_of(pid):
    """CPU-seconds that a process has used."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cpu_of_run(*command, **more):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, timeout=300, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def write(folder, text):
    path = os.path.join(folder, "bench.toml")
    with open(path, "w") as f:
        f.write(text)
    return path


def sink(database=None, more=""):
    if not database:
        return '[nodes.out]\nplugin = "discard_sink"\ninputs = ["batcher"]\n'
    return (f'[nodes.out]\nplugin = "timescale_sink"\ninputs = ["batcher"]\nparallelism = 4\n'
            f'host = "127.0.0.1"\nport = {database.port}\npassword = "{database.password}"\n{more}\n')


MIDDLE = """
[nodes.decoder]
plugin = "json_decoder"
inputs = ["in"]
[nodes.batcher]
plugin = "batcher"
inputs = ["decoder"]
"""


class Server:
    """mqtt_load as the broker of one run."""

    def __init__(self, points, *more):
        self.port = free_port()
        self.process = start_process(
            [MQTT_LOAD, "--serve", "--port", str(self.port), "--points", str(points), *more],
            stdout=subprocess.PIPE, text=True)
        time.sleep(0.2)

    def result(self):
        line = self.process.stdout.readline().split()
        assert line[1] == line[3] and line[5] == "0", line  # each acknowledged, once
        return line

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def serve_run(folder, name, points, buffer, to, window=20_000, receiver="bulk", limits=None,
              spoil=(), tap_rate=0):
    """One run of mqtt_load → engine; CPU-seconds and messages a second of it, and the engine."""
    server = Server(points, "--window", str(window), *spoil)
    text = f"""[service]
name = "bench"
[http]
listen = "127.0.0.1:${{INGESTION_HTTP_PORT}}"
[nodes.in]
plugin = "mqtt_source"
receiver = "{receiver}"
broker_url = "tcp://127.0.0.1:{server.port}"
client_id = "bench"
topics = ["$share/bench/dev/#"]
[nodes.in.buffer]
{buffer}
""" + MIDDLE + to
    engine, lookers = Engine(folder, write(folder, text), name=name), None
    start = time.monotonic()
    engine.start()
    try:
        if limits:
            limits.add(engine.process.pid)
        wait_until(lambda: engine.get("/health/live")[0] == 200, "it listens", every_s=0.01)
        if tap_rate:
            lookers = Lookers(engine.port, tap_rate)
        server.result()
        wait_until(lambda: engine.status().get("in", {}).get("intake", {}).get("undone") == 0,
                   "all is done", every_s=0.01)
        seconds = time.monotonic() - start
        cpu = cpu_of(engine.process.pid)
        accounting = engine.status()["accounting"]
        assert accounting["balanced"] and accounting["in_flight"] == 0, accounting
        memory = {kind: engine.memory(kind) / 2**20 for kind in ("VmHWM", "RssAnon")}
    finally:
        if lookers:
            lookers.end()
        end_process(engine.process)
        server.end()
        shutil.rmtree(engine.folder)
    return cpu / points * 1e6, points / seconds, memory, accounting


def decoder():
    done = subprocess.run([os.path.join(BENCH, "decoder_bench")], capture_output=True, text=True,
                          check=True)
    for line in done.stdout.splitlines():
        name, rest = line.split(": ")
        show(name, "0.20", [float(rest.split()[0])], CPU)


# What the queries of query_bench.cpp may cost; their rows, and the same for SQLite and PostgreSQL.
DOCUMENTED = ("""'{"value":' || (10 + i % 90) || '.5,"quality":192,"unit":"°C","timestamp":"2024-01-15T10:30:00.123Z",'"""
              """ || '"device_id":"plc-0' || (10 + i % 90) || '","tag_id":"temperature"}'""")
OBJECT = """'{"temp":' || (10 + i % 90) || '.5,"hum":' || (i % 100) || '}'"""
QUERIES = {
    "points: a condition": (
        "0.02", None, "SELECT time, topic, value, quality FROM input WHERE value > 50", None),
    "points: two expressions and a CASE": (
        "0.05", None, "SELECT time, topic, value * 1.8 + 32 AS f, quality & 3 AS bits, CASE WHEN value > 90 THEN 'high' "
        "WHEN value < 10 THEN 'low' ELSE 'normal' END AS state FROM input", None),
    "documented message to points": (
        "0.35", DOCUMENTED,
        "SELECT (body->>'timestamp')::timestamptz AS time, topic, (body->'value')::float8 AS value, "
        "(body->'quality')::smallint AS quality, body->>'unit' AS unit FROM input",
        "SELECT payload->>'timestamp' AS time, topic, payload->>'value' AS value, payload->>'quality' AS quality, "
        "payload->>'unit' AS unit FROM input"),
    "object to two rows by jsonb_each": (
        "0.40", OBJECT,
        "SELECT received AS time, topic, m.key AS measurement, m.value::float8 AS value FROM input, jsonb_each(body) AS m",
        "SELECT received AS time, topic, m.key AS measurement, m.value AS value FROM input, json_each(payload) AS m"),
}


def queries():
    done = subprocess.run([os.path.join(BENCH, "query_bench")], capture_output=True, text=True, check=True)
    ours = dict(line.rsplit(": ", 1) for line in done.stdout.splitlines())
    with temporary_folder() as folder, contextlib.closing(sqlite3.connect(":memory:")) as lite:
        database = Database(folder, plain=True)
        try:
            for name, (limit, payload, query, for_lite) in QUERIES.items():
                show(f"query, {name}, per row", limit, [float(ours[name].split()[0])], CPU)
                show("… the same in PostgreSQL", "-", [postgres_cpu(database, payload, query)], CPU)
                show("… the same in SQLite", "-", [sqlite_cpu(lite, payload, for_lite or query)], CPU)
        finally:
            database.stop()


ROWS = 200_000


def postgres_cpu(database, payload, query):
    """CPU-seconds of a session for a query over a million rows, without what it costs to send them."""
    session = start_process(database.psql_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(sql):
        session.stdin.write(sql + ";\n\\echo end\n")
        session.stdin.flush()
        lines = []
        while (line := session.stdout.readline()) != "end\n":
            lines.append(line.strip())
        return lines
    try:
        ask(f"DROP TABLE IF EXISTS input; CREATE TABLE input AS SELECT now() AS time, now() AS received, "
            f"'dev/plc-001/temperature' AS topic, i % 100 + 0.5::float8 AS value, 192::smallint AS quality, "
            f"{payload or 'NULL'} AS payload FROM generate_series(1, {ROWS}) AS i")
        columns = "time, received, topic, value, quality" if not payload else "received, topic, payload::jsonb AS body"
        whole = f"SELECT count(q) FROM (WITH input AS NOT MATERIALIZED (SELECT {columns} FROM input OFFSET 0) {query}) AS q"
        ask("SET max_parallel_workers_per_gather = 0; SET jit = off; " + whole)
        pid = int(ask("SELECT pg_backend_pid()")[-1])
        before = cpu_of(pid)
        ask(whole)
        return (cpu_of(pid) - before) * 1e6 / ROWS
    finally:
        session.kill()
        session.wait()
        session.stdin.close()
        session.stdout.close()


def sqlite_cpu(lite, payload, query):
    lite.execute("DROP TABLE IF EXISTS input")
    lite.execute(f"CREATE TABLE input AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) "
                 f"SELECT '2024-01-15' AS time, '2024-01-15' AS received, 'dev/plc-001/temperature' AS topic, "
                 f"i % 100 + 0.5 AS value, 192 AS quality, {payload or 'NULL'} AS payload FROM n")
    before = resource.getrusage(resource.RUSAGE_SELF)
    columns = [column[0] for column in lite.execute(query).description]
    # Each column is used, so that each is computed.
    lite.execute("SELECT " + ", ".join(f"max({column})" for column in columns) + f" FROM ({query})").fetchall()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6 / ROWS


def generator():
    source = """[service]
name = "bench"
[nodes.in]
plugin = "generator_source"
rate = 0
count = {count}
""" + MIDDLE
    with temporary_folder() as folder:
        database = Database(folder)
        try:
            for what, count, limit, to in (
                    ("generator → decoder → batcher → discard", 3_000_000, "0.40", sink()),
                    ("generator → decoder → batcher → timescale_sink, 4 lanes", 1_000_000, "0.60",
                     sink(database))):
                values = []
                for _ in range(RUNS):
                    path = write(folder, source.format(count=count) + to)
                    values.append(cpu_of_run(PENSTOCK, "run", path)[0] / count * 1e6)
                    database.psql("TRUNCATE metrics")
                show(what, limit, values, CPU)
        finally:
            database.stop()


def floors():
    points = 3_000_000
    values = []
    for _ in range(RUNS):
        server = Server(points, "--window", "20000")
        values.append(cpu_of_run(os.path.join(BENCH, "bulk_floor"), str(server.port),
                                 str(points))[0] / points * 1e6)
        server.end()
    show("floor: bare bulk read", "-", values, CPU)
    points = 1_000_000
    with temporary_folder() as folder:
        database = plain_database(folder)
        try:
            address = (f"host=127.0.0.1 port={database.port} dbname=nexus_historian "
                       f"user=nexus_ingestion password={database.password}")
            values = []
            for _ in range(RUNS):
                values.append(cpu_of_run(os.path.join(BENCH, "copy_floor"), address,
                                         str(points))[0] / points * 1e6)
                database.psql("TRUNCATE metrics")
            show("floor: bare COPY of the same rows by libpq, 4 connections", "-", values, CPU)
            cpu_of_run(os.path.join(BENCH, "copy_floor"), address, str(points))
            rows = os.path.join(folder, "rows.copy")
            subprocess.run(["psql", "-Xqd", address, "-c",
                            f"\\copy metrics to '{rows}' (format binary)"], check=True)
            values = []
            for _ in range(RUNS):
                values.append(cpu_of_run("psql", "-Xqd", address, "-c",
                                         f"\\copy metrics from '{rows}' (format binary)")[0]
                              / points * 1e6)
            show("floor: psql \\copy of the same rows", "-", values, CPU)
        finally:
            database.stop()


def plain_database(folder):
    """The table without an index or chunks, as the limits mean it."""
    database = Database(folder, plain=True)
    database.psql("DROP INDEX metrics_topic_time")
    return database


def paths():
    with temporary_folder() as folder:
        database = plain_database(folder)
        try:
            cases = (("bulk → disk intake → decoder → batcher → discard", "0.30", 3_000_000, DISK,
                      sink(), 20_000),
                     ("the same → COPY to PostgreSQL, 4 lanes", "0.50", 2_000_000, DISK,
                      sink(database), 20_000),
                     ("the same, exactly_once", "0.52", 2_000_000, DISK,
                      sink(database, 'delivery = "exactly_once"'), 20_000),
                     ("the same with a memory intake, acknowledged after commit", "0.50", 2_000_000,
                      MEMORY, sink(database), 65_000))
            for number, (what, limit, points, buffer, to, window) in enumerate(cases):
                runs = []
                for _ in range(RUNS):
                    runs.append(serve_run(folder, "engine", points, buffer, to, window))
                    database.psql("TRUNCATE metrics; TRUNCATE penstock_ledger")
                show(what, limit, [run[0] for run in runs], CPU)
                least = ["1.5 million", "700,000", "-", "-"][number]
                show(what + ": throughput on 2 cores, generator and database included",
                     "at least " + least if least != "-" else "-",
                     [run[1] / 1e6 for run in runs], "million " + RATE, best=max)
                show(what + ": anonymous memory", "64", [run[2]["RssAnon"] for run in runs], "MiB")
        finally:
            database.stop()


def paho():
    points = 300_000
    floor, values = [], []
    with temporary_folder() as folder:
        for _ in range(RUNS):
            server = Server(points, "--window", "5000")
            floor.append(cpu_of_run(os.path.join(BENCH, "paho_floor"), str(server.port),
                                    str(points))[0] / points * 1e6)
            server.end()
            values.append(serve_run(folder, "paho", points, DISK, sink(), 5_000, "paho")[0])
    show("floor: bare Paho client that counts messages", "-", floor, CPU)
    show("Paho → disk intake → decoder → batcher → discard", "-", values, CPU)
    show("the same, above the bare client", "0.50", [min(values) - min(floor)], CPU)


def system_calls(pid, seconds):
    """How many system calls a process makes, by perf; None without perf."""
    if not shutil.which("perf"):
        return None
    done = subprocess.run(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p", str(pid),
                           "sleep", str(seconds)], capture_output=True, text=True)
    match = re.search(r"^(\d+),", done.stderr, re.MULTILINE)
    return int(match.group(1)) if match else None


def mosquitto():
    with temporary_folder() as folder:
        broker, database = Broker(folder), plain_database(folder)
        engine = Engine(folder, os.path.join(ROOT, "pipelines", "default.toml"), broker, database)
        engine.start().wait_ready()
        try:
            points = 400_000
            cpus, calls, rates = [], [], []
            for _ in range(3):
                machines = broker.load(points, "--window", "5000")
                stored, cpu, start = database.count(), cpu_of(engine.process.pid), time.monotonic()
                before = engine.metric("penstock_mqtt_messages_received_total")
                time.sleep(1)
                seen = engine.metric("penstock_mqtt_messages_received_total")
                made = system_calls(engine.process.pid, 3)
                if made:
                    calls.append(made / (engine.metric("penstock_mqtt_messages_received_total") - seen))
                wait_until(lambda: database.count() >= stored + points, "all is stored")
                rates.append((engine.metric("penstock_mqtt_messages_received_total") - before)
                             / (time.monotonic() - start))
                cpus.append((cpu_of(engine.process.pid) - cpu) / points * 1e6)
                machines.wait()
                machines.stdout.close()
            show("mosquitto at its full rate → default pipeline", "1.50", cpus, CPU)
            show("the same: messages", "-", [rate / 1e3 for rate in rates], "thousand " + RATE, max)
            if calls:
                show("the same: system calls", "0.10", calls, "per message")
        finally:
            engine.stop()
            database.stop()
            broker.stop()


def latency():
    with temporary_folder() as folder:
        database = Database(folder, ["track_commit_timestamp=on"])
        try:
            for profile, limits in (("default", ("70", "130")), ("low-latency", ("12", "30"))):
                server = Server(50_000, "--window", "20000", "--rate", "5000")
                engine = Engine(folder, os.path.join(ROOT, "pipelines", profile + ".toml"), None,
                                database, profile,
                                INGESTION_MQTT_BROKER_URL=f"tcp://127.0.0.1:{server.port}")
                engine.start()
                try:
                    server.result()
                    wait_until(lambda: database.count() == 50_000, "all is stored")
                finally:
                    engine.stop()
                    server.end()
                both = database.psql(
                    "SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms), percentile_disc(0.99) "
                    "WITHIN GROUP (ORDER BY ms) FROM (SELECT extract(epoch FROM "
                    "pg_xact_commit_timestamp(xmin) - time) * 1000 AS ms FROM metrics "
                    "ORDER BY time OFFSET 5000) AS sent")
                for which, limit, value in zip(("p50", "p99"), limits, both.split("|")):
                    show(f"sent to visible, 5,000 per second, {profile}.toml, {which}", limit,
                         [float(value)], "ms")
                database.psql("TRUNCATE metrics")
        finally:
            database.stop()


def idle():
    with temporary_folder() as folder:
        broker, database = Broker(folder), Database(folder)
        engine = Engine(folder, os.path.join(ROOT, "pipelines", "default.toml"), broker, database)
        engine.start().wait_ready()
        try:
            before, seconds = cpu_of(engine.process.pid), 10
            time.sleep(seconds)
            show("idle engine, connected", "0.5",
                 [(cpu_of(engine.process.pid) - before) / seconds * 100], "% of one core")
        finally:
            engine.stop()
            database.stop()
            broker.stop()


def outage(seconds=600, rate=20_000):
    with temporary_folder() as folder:
        database = plain_database(folder)
        points = seconds * rate
        server = Server(points, "--window", "20000", "--rate", str(rate))
        engine = Engine(folder, os.path.join(ROOT, "pipelines", "default.toml"), None, database,
                        INGESTION_MQTT_BROKER_URL=f"tcp://127.0.0.1:{server.port}")
        engine.start().wait_ready()
        try:
            database.stop()
            most, end = 0, time.monotonic() + seconds
            while time.monotonic() < end:
                most = max(most, engine.memory("RssAnon") / 2**20)
                time.sleep(1)
            server.result()
            database.start()
            wait_until(lambda: database.count() >= points, "all is stored", 600, 1)
            assert database.count() == points
            show(f"anonymous memory, {seconds} s without a database at {rate:,} messages per second",
                 "64", [most], "MiB")
        finally:
            engine.stop()
            server.end()
            database.stop()


def bad():
    """1 % of the messages are no JSON, 0.1 % are refused by the database, against none."""
    points = 1_000_000
    letters = ('[nodes.letters]\nplugin = "file_sink"\ninputs = ["decoder.rejected", '
               '"out.rejected"]\npath = "${STATE_DIRECTORY}/letters.ndjson"\n')
    clean, spoilt = [], []
    with temporary_folder() as folder:
        database = plain_database(folder)
        try:
            for _ in range(RUNS):
                to = sink(database) + letters
                clean.append(serve_run(folder, "engine", points, DISK, to)[0])
                assert database.count() == points
                database.psql("TRUNCATE metrics")
                run = serve_run(folder, "engine", points, DISK, to,
                                spoil=("--broken-every", "100", "--refused-every", "1000"))
                good = points - points // 100 - points // 1000
                assert database.count() == good, database.count()
                assert run[3]["stored"] == good and run[3]["rejected_kept"] == points - good, run[3]
                spoilt.append(run[0] * points / good)
                database.psql("TRUNCATE metrics")
        finally:
            database.stop()
    show("1,000,000 points → COPY, dead letters read", "-", clean, CPU)
    show("the same, 1 % broken and 0.1 % refused, per good point", "-", spoilt, CPU)
    show("the same, compared to the clean load", "1.30",
         sorted(b / a for a, b in zip(clean, spoilt)), "times")


class Lookers:
    """A page that is open, and a tap of so many rows a second."""

    def __init__(self, port, rate):
        self.processes = []
        for path in ("/events", f"/tap?node=decoder&rate={rate}"):
            self.processes.append(start_process(["curl", "-sN", f"http://127.0.0.1:{port}{path}"],
                                                stdout=subprocess.PIPE))
        self.threads = [threading.Thread(target=self.read, args=(process,), daemon=True)
                        for process in self.processes]
        self.bytes = 0
        for thread in self.threads:
            thread.start()

    def read(self, process):
        while piece := process.stdout.read1(65536):
            self.bytes += len(piece)

    def end(self):
        for process in self.processes:
            end_process(process)
        for thread in self.threads:
            thread.join()
        assert self.bytes > 10_000, "page and tap have shown something"


def looking():
    """200,000 points a second, with nobody who looks, and with a page and a tap open."""
    points = 2_000_000
    alone, looked, most, memory = [], [], [], []
    with temporary_folder() as folder:
        database = plain_database(folder)
        try:
            for _ in range(RUNS):
                for results, rate in ((alone, 0), (looked, 10), (most, 1000)):
                    run = serve_run(folder, "engine", points, DISK, sink(database),
                                    spoil=("--rate", "200000"), tap_rate=rate)
                    results.append(run[0])
                    memory.append(run[2]["RssAnon"])
                    assert database.count() == points, database.count()
                    database.psql("TRUNCATE metrics")
        finally:
            database.stop()
    show("200,000 points per second → COPY, no page or tap open", "-", alone, CPU)
    for name, results, limit in (("a tap", looked, "1.02"), ("a tap of 1,000 rows per second", most, "-")):
        show(f"the same with the page and {name} open", "-", results, CPU)
        show("the same, ratio of medians", limit,
             [statistics.median(results) / statistics.median(alone)], "times")
    show("anonymous memory in all of these", "64", memory, "MiB", max)


class Siege:
    """bench/siege.py against a listener."""

    def __init__(self, port, urls, **clients):
        more = [f"--{kind}={count}" for kind, count in clients.items()]
        self.process = start_process(
            [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "siege.py"),
             str(port), *urls, *more], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "there\n"

    def end(self):
        self.process.terminate()
        return json.loads(self.process.communicate(timeout=120)[0])


LISTENERS = ("[http]\nlisten = \"127.0.0.1:${INGESTION_HTTP_PORT}\"\n"
             "probe_listen = \"127.0.0.1:${PROBE_PORT}\"\n")


def besieged():
    """Full speed with a listener that is besieged, in turns with none that is."""
    seconds, rates, costs, results, memory = 8, [], [], [], []
    with temporary_folder() as folder:
        probes = free_port()
        text = (LISTENERS + "[nodes.in]\nplugin = \"generator_source\"\nrate = 0\n" + MIDDLE + sink())
        engine = Engine(folder, write(folder, text), PROBE_PORT=str(probes)).start().wait_ready()
        main, probe = (f"http://127.0.0.1:{port}" for port in (engine.port, probes))

        def stored():
            with urllib.request.urlopen(probe + "/metrics", timeout=60) as answer:
                for line in answer.read().decode().splitlines():
                    if line.startswith('penstock_node_rows_in_total{node="out"'):
                        return float(line.split()[1])

        def of_a_while():
            """Points a second, and a CPU-second of the engine."""
            before, cpu, begin = stored(), cpu_of(engine.process.pid), time.monotonic()
            time.sleep(seconds)
            points = stored() - before
            return (points / (time.monotonic() - begin),
                    points / (cpu_of(engine.process.pid) - cpu))
        try:
            few = Siege(engine.port, [main + "/health/live", main + "/status"], idle=200, slow=40)
            time.sleep(seconds)
            few = few.end()
            for _ in range(RUNS):
                alone = of_a_while()
                siege = Siege(engine.port, [probe + "/health/live", probe + "/metrics"],
                              idle=10_000, slow=200, half=300)
                held = of_a_while()
                memory.append(engine.memory("VmRSS") / (1 << 20))
                results.append(siege.end())
                rates.append(held[0] / alone[0])
                costs.append(held[1] / alone[1])
            siege = Siege(engine.port, [probe + "/health/live"], idle=10_000, slow=200, half=300)
            time.sleep(2)
            begin = time.monotonic()
            end_process(engine.process)
            stop = time.monotonic() - begin
            siege.process.kill()
            siege.process.communicate()
        finally:
            end_process(engine.process)
    for path in ("/health/live", "/status"):
        show(f"200 idle and 40 slow connections: slowest {path}", "1",
             [few[main + path]["longest_s"]], "s")
    what = "10,000 idle, 200 slow, 300 incomplete requests"
    show(f"{what}: points per second, compared to none: median", "≥ 0.95", [statistics.median(rates)],
         "times")
    show("the same: points per CPU-second of the engine: median", "≥ 0.95",
         [statistics.median(costs)], "times")
    for path in ("/health/live", "/metrics"):
        show(f"the same: p99 of {path} on probe_listen", "",
             [max(result[probe + path]["p99_s"] for result in results)], "s")
        show(f"the same: slowest {path} on probe_listen", "0.2",
             [max(result[probe + path]["longest_s"] for result in results)], "s")
        assert not any(result[probe + path]["failed"] for result in results), results
    show("the same: time until the main port answers again after the attack", "10",
         [max(result["back_s"] for result in results)], "s")
    show("the same: resident memory", "64", [max(memory)], "MiB")
    show("the same: time to stop", "1", [stop], "s")


class Limits:
    """A control group with the limits of packaging/kubernetes: 500m and 512Mi."""

    def __init__(self):
        cpu, memory = "/sys/fs/cgroup/cpu", "/sys/fs/cgroup/memory"
        name = f"penstock-bench-{os.getpid()}"
        if os.path.exists(cpu):  # version 1
            files = {f"{cpu}/{name}": {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "50000"},
                     f"{memory}/{name}": {"memory.limit_in_bytes": str(512 << 20)}}
        else:
            files = {f"/sys/fs/cgroup/{name}": {"cpu.max": "50000 100000",
                                                "memory.max": str(512 << 20)}}
        self.folders = list(files)
        for folder, settings in files.items():
            os.mkdir(folder)
            for file, value in settings.items():
                with open(f"{folder}/{file}", "w") as f:
                    f.write(value)

    def add(self, pid):
        for folder in self.folders:
            with open(f"{folder}/cgroup.procs", "w") as f:
                f.write(str(pid))

    def remove(self):
        for folder in self.folders:
            wait_until(lambda: not open(f"{folder}/cgroup.procs").read(), "the group is empty")
            os.rmdir(folder)


def limits():
    """As serve_run, but the engine has half a core and 512 MiB."""
    for what, receiver, points, window in (
            ("bulk → disk intake → COPY, 4 lanes", "bulk", 3_000_000, 20_000),
            ("Paho → disk intake → COPY, 4 lanes", "paho", 200_000, 5_000)):
        rates = []
        for _ in range(3):
            with temporary_folder() as folder:
                group, database = Limits(), plain_database(folder)
                try:
                    rates.append(serve_run(folder, "engine", points, DISK, sink(database), window,
                                           receiver, limits=group)[1] / 1e3)
                finally:
                    group.remove()
                    database.stop()
        show(f"engine with 500m CPU and 512 MiB: {what}", "-", rates, "thousand points " + RATE, max)


SECTIONS = {f.__name__: f for f in
            (decoder, queries, generator, floors, paths, paho, mosquitto, latency, idle, bad, looking, besieged,
             outage, limits)}


def main():
    wanted = sys.argv[1:] or [name for name in SECTIONS if name not in ("outage", "limits")]
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        sys.exit(f"no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}")
    say_timescaledb()
    print("| what | limit | measured | |\n| --- | --- | --- | --- |", flush=True)
    for name in wanted:
        SECTIONS[name]()


if __name__ == "__main__":
    sys.exit(main())
