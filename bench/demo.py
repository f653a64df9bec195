"""The main job on a private broker and database: simulated machines publish, the default
pipeline stores. Run by `./dev demo`."""

import argparse
import contextlib
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "system"))
from services import ROOT, Broker, Database, Engine, end_process, temporary_folder, wait_until  # noqa: E402,E501


def seconds(text):
    return positive(float)(text.removesuffix("s"))


def positive(kind):
    def parse(text):
        value = kind(text)
        if not value > 0:
            raise ValueError(text)
        return value
    parse.__name__ = "positive number"  # what argparse calls it
    return parse


def arguments():
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__)
    parser.add_argument("--points", type=positive(int), default=0,
                        help="publish exactly this many, wait until all are stored, and end")
    parser.add_argument("--rate", type=positive(float), default=0,
                        help="points a second (default: 2000, or as fast as they go with --points)")
    parser.add_argument("--kill-every", type=seconds, metavar="TIME",
                        help="kill the engine with signal 9 that often, such as 2s, and start it anew")
    parser.add_argument("--keep", action="store_true", help="leave the data folder")
    return parser.parse_args()


def report(engine, database):
    status = engine.status()
    if not status:
        return 0
    rows = database.count()
    print(f"received {status['ingestion']['points_received']:>9}  "
          f"written {status['database']['points_written']:>9}  "
          f"dropped {status['ingestion']['points_dropped']:>5}  "
          f"rows in the table {rows:>9}", flush=True)
    return rows


def kill(engine):
    engine.process.kill()
    engine.process.wait()
    engine.start()
    print("killed with signal 9, and started anew", flush=True)


def watch(engine, database, machines, points, kill_every=None):
    """Reports once a second until all is stored, or nothing moves any more."""
    patience_s = 60
    last_rows, last_change = -1, time.monotonic()
    last_kill = time.monotonic()
    while engine.process.poll() is None:
        if kill_every and machines.poll() is None and time.monotonic() - last_kill >= kill_every:
            kill(engine)
            last_kill = time.monotonic()
        rows = report(engine, database)
        if rows != last_rows:
            last_rows, last_change = rows, time.monotonic()
        ended = machines.poll() is not None
        if points and ((rows >= points and (ended or not kill_every)) or time.monotonic() - last_change > patience_s):
            return
        if points == 0 and machines.poll() is not None:
            return
        time.sleep(1)


def run(options, folder):
    started = []
    try:
        print("starting a private broker and database …", flush=True)
        broker = Broker(folder)
        started.append(broker.stop)
        database = Database(folder)
        started.append(database.stop)
        engine = Engine(folder, os.path.join(ROOT, "pipelines", "default.toml"), broker, database)
        engine.start()
        started.append(engine.stop)
        engine.wait_ready()
        print(f"page: http://localhost:{engine.port}/", flush=True)
        rate = options.rate or (0 if options.points else 2000)
        # Numbered, so that what the broker sends again after a kill is told apart.
        machines = broker.load(options.points, "--rate", str(rate), "--sequence")
        started.append(lambda: end_process(machines))
        with contextlib.suppress(Interrupted):
            watch(engine, database, machines, options.points, options.kill_every)
            if options.kill_every:
                engine.wait_ready()
                wait_until(lambda: engine.status()["mqtt"]["intake"]["undone"] == 0, "all is done")
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what follows is bounded in time
        print("stopping: writing what was accepted …", flush=True)
        end_process(machines)
        code = engine.stop()
        published = int(machines.stdout.read().split()[-1])
        rows = database.count()
        stored = int(database.psql("SELECT count(DISTINCT metadata->>'seq') FROM metrics"))
        if rows > stored:
            print(f"{rows - stored} rows are points that the broker sent a second time after a kill")
        expected = options.points or published
        if code != 0:
            print(f"the engine ended with {code}; its log:\n{engine.log()}")
        print(f"stored {stored} of {expected}", flush=True)
        return 0 if code == 0 and stored == expected else 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for stop in reversed(started):
            stop()


class Interrupted(Exception):
    pass


def main():
    options = arguments()

    def interrupt(*_):
        raise Interrupted
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    with temporary_folder(options.keep) as folder:
        try:
            return run(options, folder)
        except Interrupted:
            print("stopped")
            return 0


if __name__ == "__main__":
    sys.exit(main())
