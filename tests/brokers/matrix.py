"""How the MQTT source works with real brokers: each cell of the table is a run, counted. Writes docs/brokers.md, with
the brokers that are available here; unavailable ones are named, and keep their rows.

  ./dev brokers [--only NAME …]"""

import argparse
import collections
import json
import os
import re
import subprocess
import sys

import real_brokers
from real_brokers import PASSWORD, ROOT, USER, Unavailable

from receivers import PIPELINE, messages_of
from services import PENSTOCK, Engine, end_process, run_process, start_process, temporary_folder, wait_until

PAGE = os.path.join(ROOT, "docs", "brokers.md")
MESSAGES = 500
COLUMNS = ["QoS 0", "QoS 1", "QoS 2", "while Penstock is down", "while Penstock is down, then a broker restart",
           "broker restart in between", "`$share`", "wrong password"]
RECEIVERS = {"bulk": COLUMNS, "paho": [c for c in COLUMNS if c != "QoS 2"]}


class NotReady(Exception):
    """What health says of the source."""


class Case:
    """A broker and an engine of its own for each cell."""

    def __init__(self, kind, cache, folder, receiver, guarded=False):
        self.broker = kind(os.path.join(folder, "broker"), cache, guarded)
        self.folder, self.receiver = folder, receiver
        self.engine = None
        self.sent = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.engine and self.engine.process and self.engine.process.poll() is None:
            self.engine.stop()
        self.broker.stop()

    def pipeline(self, qos=1, topics='["dev/#"]', password=PASSWORD):
        path = os.path.join(self.folder, "pipeline.toml")
        with open(path, "w") as f:
            f.write(PIPELINE.replace('["dev/#", "uns/#"]', topics).format(
                url=f"tcp://127.0.0.1:{self.broker.port}",
                options=f'receiver = "{self.receiver}"\nqos = {qos}\nusername = "{USER}"\npassword = "{password}"\n'))
        return path

    def start(self, **more):
        self.engine = Engine(self.folder, self.pipeline(**more))
        self.start_again()

    def start_again(self):
        self.engine.start()
        self.wait_ready()

    def wait_ready(self):
        try:
            wait_until(lambda: self.engine.get("/health/ready")[0] == 200, "the engine is ready", 20)
        except TimeoutError:
            raise NotReady(self.words()) from None

    def words(self):
        why = json.loads(self.engine.get("/health/ready")[1] or "{}").get("missing", {}).get("mqtt", "")
        return why.replace(f"tcp://127.0.0.1:{self.broker.port}", "…").replace("|", "\\|")

    def publish(self, qos=1):
        lines = "".join(f"{n}\n" for n in range(self.sent, self.sent + MESSAGES))
        run_process(["mosquitto_pub", "-V", "311", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q", str(qos), "-u",
                     USER, "-P", PASSWORD, "-i", "publisher", "-t", "dev/x", "-l"], input=lines, text=True, check=True,
                    timeout=30)
        self.sent += MESSAGES

    def witness(self, qos, *more):
        """The command of mosquitto's own client, which tells what the broker itself leaves out."""
        return ["stdbuf", "-oL", "mosquitto_sub", "-V", "311", "-h", "127.0.0.1", "-p", str(self.broker.port), "-q",
                str(qos), "-u", USER, "-P", PASSWORD, "-i", "witness", "-t", "dev/x", *more]

    def result(self):
        """How many of those sent arrived, and how many of them twice, when nothing comes any more."""
        try:
            wait_until(lambda: len(set(messages_of(self.engine))) == self.sent, "all have come", 10)
        except TimeoutError:
            pass
        counts = collections.Counter(messages_of(self.engine))
        twice = sum(counts.values()) - len(counts)
        text = "all" if len(counts) == self.sent else f"{len(counts)} of {self.sent}"
        return text + (f", {twice} twice" if twice else "")


def beside(result, witnessed):
    """A result with holes, and what the witness got of as many."""
    return result if result.startswith("all") else f"{result}; `mosquitto_sub` gets {witnessed}"


def exchange(case, qos):
    case.start(qos=qos)
    with open(os.path.join(case.folder, "witness"), "w+") as seen:
        witness = start_process(case.witness(qos, "-d"), stdout=seen, stderr=seen)
        with open(seen.name) as said:
            wait_until(lambda: (said.seek(0), "SUBACK" in said.read())[1], "the witness has subscribed")
            try:
                case.publish(qos)
                result = case.result()
            except subprocess.TimeoutExpired:
                return "`mosquitto_pub` gets no reply"
            finally:
                end_process(witness)
            said.seek(0)
            return beside(result, sum(line.strip().isdigit() for line in said))


def away(case, restart):
    case.start()
    run_process(case.witness(1, "-c", "-E"), check=True)
    case.engine.stop()
    case.publish()
    if restart:
        case.broker.stop()
        case.broker.start()
    case.start_again()
    result = case.result()
    witnessed = run_process(case.witness(1, "-c", "-W", "3"), capture_output=True, text=True).stdout.split()
    return beside(result, len(set(witnessed)))


def restarted(case):
    case.start()
    case.publish()
    case.result()
    case.broker.stop()
    wait_until(lambda: case.engine.get("/health/ready")[0] == 503, "the loss is noticed")
    case.broker.start()
    case.wait_ready()
    case.publish()
    return case.result()


def words(case, **more):
    """What health says while it is not ready."""
    case.engine = Engine(case.folder, case.pipeline(**more)).start()
    return wait_until(lambda: re.search("cannot|refuse", case.words()) and case.words(), "health says why", 30)


def shared(case):
    path = case.pipeline(topics='["$share/ingestion/dev/#"]')
    engine = Engine(case.folder, path, name="check")
    done = run_process([PENSTOCK, "check", "--connect", path], env=engine.environment, cwd=engine.folder,
                       capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        return words(case, topics='["$share/ingestion/dev/#"]')
    case.start(topics='["$share/ingestion/dev/#"]')
    case.publish()
    warnings = re.findall(r"warning mqtt: (.*\$share.*)", case.engine.log())
    return "; ".join([case.result(), *warnings[:1]])


RUNS = {
    "QoS 0": lambda case: exchange(case, 0),
    "QoS 1": lambda case: exchange(case, 1),
    "QoS 2": lambda case: exchange(case, 2),
    "while Penstock is down": lambda case: away(case, False),
    "while Penstock is down, then a broker restart": lambda case: away(case, True),
    "broker restart in between": restarted,
    "`$share`": shared,
    "wrong password": lambda case: words(case, password="wrong"),
}


def row(kind, cache, version, receiver):
    cells = []
    for column in RECEIVERS[receiver]:
        with temporary_folder() as folder:
            try:
                with Case(kind, cache, folder, receiver, guarded=column == "wrong password") as case:
                    cells.append(RUNS[column](case))
            except NotReady as e:
                cells.append(str(e))
            except Exception as e:  # a row with a hole rather than none
                cells.append("not run: " + " ".join(f"{type(e).__name__}: {e}".split())[-300:])
        print(f"{kind.name} {version}, {receiver}, {column}: {cells[-1]}", flush=True)
    return f"| {kind.name} {version} | " + " | ".join(cells) + " |"


def rows_of(page, receiver):
    """Name: row, of the table of this receiver in a page."""
    part = page.partition(f"## {receiver}\n")[2].partition("\n## ")[0]
    return {re.match(r"\| (.*?) [^ ]+ \|", line)[1]: line for line in part.splitlines()
            if re.match(r"\| \S.* [^ ]*\d[^ ]* \|", line)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], help="names of brokers")
    only = [name.lower() for name in parser.parse_args().only]
    cache = os.path.join(ROOT, "build", "brokers")
    os.makedirs(cache, exist_ok=True)
    page = open(PAGE).read() if os.path.exists(PAGE) else ""
    tables = {receiver: rows_of(page, receiver) for receiver in RECEIVERS}
    for kind in real_brokers.ALL:
        if only and kind.name.lower() not in only:
            continue
        try:
            version = kind.provide(cache)
        except Exception as e:
            print(f"{kind.name}: {'' if isinstance(e, Unavailable) else 'cannot be had: '}{e}", file=sys.stderr)
            continue
        for receiver in RECEIVERS:
            tables[receiver][kind.name] = row(kind, cache, version, receiver)
    with open(PAGE, "w") as f:
        f.write(text_of_page(tables))
    return any("not run:" in line for rows in tables.values() for line in rows.values())


def text_of_page(tables):
    text = INTRODUCTION
    for receiver, columns in RECEIVERS.items():
        text += f"\n## {receiver}\n\n| broker | " + " | ".join(columns) + " |\n" + "| --- " * (len(columns) + 1) + "|\n"
        order = [kind.name for kind in real_brokers.ALL]
        text += "".join(tables[receiver][name] + "\n" for name in order if name in tables[receiver])
    return text


INTRODUCTION = f"""# Brokers

How `mqtt_source` works with real brokers, counted by `./dev brokers` for each receiver. Each cell is a run with a new
broker and a new engine, in which `mosquitto_pub` sends {MESSAGES} numbered messages at QoS 1 or the QoS named; the runs
with a broker restart send {MESSAGES} before it and {MESSAGES} after it. "All" means that each message arrived once. Quoted
messages are from `/health`, for `$share` from the log. Brokers run with a session folder where they support one, with a
login in the last column, and otherwise with their defaults.

Where messages are missing, the cell says how many `mosquitto_sub` received in a parallel session. Sessions of ejabberd
and Aedes do not survive a restart here, aMQTT kept nothing for a disconnected session, and Mochi, with sessions in a
file, closes each connection after its restart ("resend inflight: protocol violation"). RabbitMQ and NATS did not get
through 500 messages at QoS 2. An MQTT 3.1.1 broker without shared subscriptions takes `$share/…` as the name of a
topic: remove `$share/GROUP/` from `topics` there. Messages that arrived twice were redelivered in a way that a new
message could have, too ([delivery](delivery.md#redelivered-messages)).

`./dev brokers` does not cover EMQX, HiveMQ, FlashMQ and VerneMQ.
"""

if __name__ == "__main__":
    sys.exit(main())
