"""A TCP proxy that cuts a connection after so many bytes."""

import selectors
import socket
import threading
import time


class CuttingProxy:
    """Forwards to a port. `cut(direction, n)`: the connections of that moment are cut once `n` more
    bytes have gone in that direction ("up": to the server); later ones pass unharmed."""

    def __init__(self, port):
        self.target = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock = threading.Lock()
        self.cuts = 0
        self.swallows = False
        self.limits = {}  # pair of sockets → [direction, bytes left]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.ended = False
        self.thread.start()

    def cut(self, direction, count):
        with self.lock:
            for pair in list(self.limits):
                self.limits[pair] = [direction, count]

    def swallow(self):
        """Nothing goes through any more; new connections are taken, and nothing comes of them."""
        self.swallows = True

    def heal(self):
        """What is in flight arrives."""
        self.swallows = False

    def close(self):
        self.ended = True
        self.thread.join()
        self.listener.close()

    def run(self):
        selector = selectors.DefaultSelector()
        selector.register(self.listener, selectors.EVENT_READ)
        others = {}
        while not self.ended:
            if self.swallows:
                time.sleep(0.05)
                continue
            for key, _ in selector.select(0.05):
                if key.fileobj is self.listener:
                    self.open(selector, others)
                elif key.fileobj in others:
                    self.forward(selector, others, key.fileobj)
        for sock in others:
            sock.close()

    def open(self, selector, others):
        client, _ = self.listener.accept()
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        for one, other, direction in ((client, server, "up"), (server, client, "down")):
            others[one] = (other, direction, (client, server))
            selector.register(one, selectors.EVENT_READ)
        with self.lock:
            self.limits[(client, server)] = None

    def forward(self, selector, others, sock):
        other, direction, pair = others[sock]
        try:
            data = sock.recv(65536)
        except OSError:
            data = b""
        with self.lock:
            limit = self.limits[pair]
            cut = not data
            if limit and limit[0] == direction:
                if len(data) >= limit[1]:
                    data, cut = data[:limit[1]], True
                    self.cuts += 1
                limit[1] -= len(data)
        try:
            other.sendall(data)
        except OSError:
            cut = True
        if cut:
            for each in pair:
                selector.unregister(each)
                del others[each]
                each.close()
            with self.lock:
                del self.limits[pair]
