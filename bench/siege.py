"""Ten thousand connections to a listener that say nothing, and two hundred that never finish; those
that are closed come again. Asks /health/live all the while, and prints at SIGTERM how long the
longest answer took. Run by bench/run.py as `siege.py PORT`."""

import contextlib
import resource
import signal
import socket
import sys
import threading
import time
import urllib.request

IDLE, SLOW = 10_000, 200
AGAIN_PER_S = 200


def connect(port, slow):
    with contextlib.suppress(OSError):
        s = socket.create_connection(("127.0.0.1", port), timeout=5)
        if slow:
            s.sendall(b"GET /status HTTP/1.1\r\n")
        s.setblocking(False)
        return s
    return None


def is_closed(s):
    try:
        return s.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


class Siege:
    def __init__(self, port):
        self.port, self.stop, self.longest_s, self.answers = port, threading.Event(), 0, 0
        self.connections = [[connect(port, i < SLOW), i < SLOW] for i in range(IDLE + SLOW)]

    def ask(self):
        while not self.stop.wait(0.1):
            begin = time.monotonic()
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=60):
                pass
            self.longest_s = max(self.longest_s, time.monotonic() - begin)
            self.answers += 1

    def hold(self):
        """A byte a second from the slow ones; of those that were closed, so many come again."""
        while not self.stop.wait(1):
            again = 0
            for each in self.connections:
                s, slow = each
                if s and slow:
                    with contextlib.suppress(OSError):
                        s.send(b"X")
                if (slow or again < AGAIN_PER_S) and (s is None or is_closed(s)):
                    if s:
                        s.close()
                    each[0] = connect(self.port, slow)
                    again += 1


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (IDLE + SLOW + 200,) * 2)
    siege = Siege(int(sys.argv[1]))
    signal.signal(signal.SIGTERM, lambda *_: siege.stop.set())
    asking = threading.Thread(target=siege.ask)
    asking.start()
    print("there", flush=True)
    siege.hold()
    asking.join()
    print(siege.answers, siege.longest_s, flush=True)


if __name__ == "__main__":
    main()
