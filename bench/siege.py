"""Clients that besiege a listener: many that say nothing, some that send a byte a second and never
finish, some that send half of a request. Those that are closed come again. Meanwhile URLs are asked
ten times a second. At SIGTERM the clients go, and the listener is asked until it answers; then how
long answers took is printed as JSON. bench/run.py runs it."""

import argparse
import contextlib
import json
import multiprocessing
import os
import random
import resource
import signal
import socket
import time
import urllib.request

AGAIN_PER_S = 200
HALF = b"GET /status HTTP/1.1\r\nHost: x\r\nAccept: "


class Client:
    def __init__(self, port, words):
        self.port, self.words = port, words
        self.connect()

    def connect(self):
        """Does not wait: with a full queue a connection stays half open for a long time."""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex(("127.0.0.1", self.port))
        self.said = False

    def say(self):
        """What it says at first; a byte of what never ends."""
        with contextlib.suppress(OSError):
            if self.words == "idle" or (self.words == "half" and self.said):
                return
            self.socket.send(HALF if not self.said else b"X")
            self.said = True

    def is_closed(self):
        try:
            return self.socket.recv(1) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


def ask(url, stop, results):
    """Asks ten times a second, in a process of its own, and says how long the answers took."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    seconds, failed, parent = [], 0, os.getppid()
    while not stop.wait(0.1) and os.getppid() == parent:
        begin = time.monotonic()
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:
                answer.read()
        except OSError:
            failed += 1
        seconds.append(time.monotonic() - begin)
    ordered = sorted(seconds) or [0]
    results.put({url: {"answers": len(ordered), "failed": failed, "longest_s": ordered[-1],
                       "p99_s": ordered[int(len(ordered) * 0.99)]}})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("urls", nargs="+")
    for kind in ("idle", "slow", "half"):
        parser.add_argument("--" + kind, type=int, default=0)
    options = parser.parse_args()
    words = [kind for kind in ("idle", "slow", "half") for _ in range(getattr(options, kind))]
    random.Random(1).shuffle(words)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(words) + 200,) * 2)
    stop, results = multiprocessing.Event(), multiprocessing.Queue()
    askers = [multiprocessing.Process(target=ask, args=(url, stop, results)) for url in options.urls]
    for each in askers:
        each.start()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    clients = [Client(options.port, each) for each in words]
    print("there", flush=True)
    while not signal.sigtimedwait([signal.SIGTERM], 1):
        again = 0
        for each in clients:
            each.say()
            if again < AGAIN_PER_S and each.is_closed():
                each.socket.close()
                each.connect()
                again += 1
    stop.set()
    for each in clients:
        each.socket.close()
    begin = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{options.port}/health/live", timeout=60):
        result = {"back_s": time.monotonic() - begin}
    for each in askers:
        result |= results.get(timeout=90)
        each.join()
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
