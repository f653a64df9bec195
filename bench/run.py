"""CPU-seconds of the engine per million points, for the paths of bench/README.md.
Run by `./dev bench`."""

import os
import resource
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from services import BUILD, PENSTOCK, ROOT, Broker, Database, Engine, end_process, temporary_folder, wait_until  # noqa: E402,E501

ROUNDS = 3  # the least counts: noise only ever adds
SOURCE = """
[service]
name = "bench"
[nodes.machines]
plugin = "generator_source"
rate   = 0
count  = {count}
[nodes.decoder]
plugin = "json_decoder"
inputs = ["machines"]
[nodes.batcher]
plugin = "batcher"
inputs = ["decoder"]
"""
DISCARD = SOURCE + """
[nodes.out]
plugin = "discard_sink"
inputs = ["batcher"]
"""
DATABASE = SOURCE + """
[nodes.out]
plugin      = "timescale_sink"
inputs      = ["batcher"]
parallelism = 4
host        = "127.0.0.1"
port        = "${{INGESTION_DB_PORT}}"
password    = "${{INGESTION_DB_PASSWORD}}"
"""


def show(path, value, limit, unit):
    print(f"| {path} | {limit} | {value:.2f} {unit} |", flush=True)


def cpu_of_run(pipeline, environment):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([PENSTOCK, "run", pipeline], env=environment, check=True, timeout=300,
                   stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least(folder, text, count, environment, between=lambda: None):
    path = os.path.join(folder, "bench.toml")
    with open(path, "w") as f:
        f.write(text.format(count=count))
    results = []
    for _ in range(ROUNDS):
        results.append(cpu_of_run(path, environment) / (count / 1e6))
        between()
    return min(results)


def main():
    print("| path | at most | measured |\n| --- | --- | --- |", flush=True)
    done = subprocess.run([os.path.join(BUILD, "bench", "decoder_bench")], capture_output=True,
                          text=True, check=True)
    for line in done.stdout.splitlines():
        name, rest = line.split(": ")
        show(name, float(rest.split()[0]), 0.20, "CPU-s per million")
    with temporary_folder() as folder:
        show("generator → decoder → batcher → discard",
             least(folder, DISCARD, 3_000_000, os.environ), 0.40, "CPU-s per million")
        broker, database = Broker(folder), Database(folder)
        try:
            environment = dict(os.environ, INGESTION_DB_PORT=str(database.port),
                               INGESTION_DB_PASSWORD=database.password)
            show("generator → decoder → batcher → timescale_sink, 4 lanes",
                 least(folder, DATABASE, 1_000_000, environment,
                       lambda: database.psql("TRUNCATE metrics")), 0.60, "CPU-s per million")
            default_pipeline(folder, broker, database)
        finally:
            database.stop()
            broker.stop()
    return 0


def default_pipeline(folder, broker, database):
    engine = Engine(folder, os.path.join(ROOT, "pipelines", "default.toml"), broker, database)
    engine.start().wait_ready()
    try:
        before = engine.metric("process_cpu_seconds_total")
        idle_s = 10
        time.sleep(idle_s)
        idle = (engine.metric("process_cpu_seconds_total") - before) / idle_s * 100
        show("idle engine, connected", idle, "0.5 %", "% of one core")
        machines = broker.load(300_000, "--window", "5000")
        memory = 0
        while machines.poll() is None:
            memory = max(memory, engine.metric("process_resident_memory_bytes"))
            time.sleep(0.2)
        wait_until(lambda: database.count() >= 300_000, "all is stored")
        show("resident memory at full speed, default pipeline", memory / 2**20, "64 MiB", "MiB")
        used = engine.metric("process_cpu_seconds_total") - before
        show("default pipeline with Paho, for scale", used / 0.3, "-", "CPU-s per million")
    finally:
        engine.stop()
        end_process(machines)


if __name__ == "__main__":
    sys.exit(main())
