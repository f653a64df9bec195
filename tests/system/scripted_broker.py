"""Brokers that do what a test says: their packets, and a broker that answers like a healthy one
unless it is told otherwise."""

import base64
import dataclasses
import hashlib
import socket
import struct
import threading

CLOSE = "closes the connection"
SILENCE = "answers nothing"
V311, V5 = 4, 5

# Properties of MQTT 5 (§2.2.2.2), by how their values are written.
SESSION_EXPIRY, SERVER_KEEP_ALIVE, REASON_STRING = 0x11, 0x13, 0x1F
MAXIMUM_QOS, SHARED_AVAILABLE = 0x24, 0x2A
_BYTES = {0x01: 1, 0x17: 1, 0x19: 1, 0x24: 1, 0x25: 1, 0x28: 1, 0x29: 1, 0x2A: 1, 0x13: 2, 0x21: 2, 0x22: 2,
          0x23: 2, 0x02: 4, 0x11: 4, 0x18: 4, 0x27: 4}


def length(count):
    out = b""
    while True:
        count, digit = divmod(count, 128)
        out += bytes([digit | (0x80 if count else 0)])
        if not count:
            return out


def text(words):
    raw = words if isinstance(words, bytes) else words.encode()
    return struct.pack(">H", len(raw)) + raw


def packet(first, body):
    return bytes([first]) + length(len(body)) + body


def properties(values):
    out = b"".join(bytes([name]) + (value.to_bytes(_BYTES[name], "big") if name in _BYTES else text(value))
                   for name, value in values.items())
    return length(len(out)) + out


def connack(version, code=0, session=False, **values):
    """`values`: properties by the names above."""
    tail = properties({globals()[name]: value for name, value in values.items()}) if version == V5 else b""
    return packet(0x20, bytes([session, code]) + tail)


def suback(version, packet_id, codes, reason=None):
    tail = properties({REASON_STRING: reason} if reason else {}) if version == V5 else b""
    return packet(0x90, struct.pack(">H", packet_id) + tail + bytes(codes))


def publish(topic, payload, packet_id=1, properties=b"", version=V5, retained=False, qos=1, dup=False):
    """`properties` as they are written."""
    body = struct.pack(">H", len(topic)) + topic + (struct.pack(">H", packet_id) if qos else b"")
    if version == V5:
        body += length(len(properties)) + properties
    return packet(0x30 | dup << 3 | qos << 1 | retained, body + payload)


def disconnect(code, reason=None):
    """Of MQTT 5."""
    return packet(0xE0, bytes([code]) + properties({REASON_STRING: reason} if reason else {}))


class WebSocket:
    """A server's end (RFC 6455), in place of a socket: all that is sent at a time is one message, of
    frames of so many bytes."""

    def __init__(self, connection, frame_bytes):
        self.connection, self.frame_bytes, self.rest = connection, frame_bytes, b""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        key = next(line.split(b":", 1)[1].strip() for line in head.split(b"\r\n")
                   if line.lower().startswith(b"sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade"
                           b"\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Accept: " + accept +
                           b"\r\n\r\n")

    def exactly(self, count):
        found = b""
        while len(found) < count:
            piece = self.connection.recv(count - len(found))
            if not piece:
                raise OSError("closed")
            found += piece
        return found

    def recv(self, count):
        while not self.rest:
            size = self.exactly(2)[1] & 0x7F
            if size >= 126:
                size = int.from_bytes(self.exactly(2 if size == 126 else 8), "big")
            mask, data = self.exactly(4), self.exactly(size)
            self.rest = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def sendall(self, data):
        for at in range(0, len(data), self.frame_bytes):
            piece = data[at:at + self.frame_bytes]
            last = at + self.frame_bytes >= len(data)
            size = bytes([len(piece)]) if len(piece) < 126 else b"\x7e" + struct.pack(">H", len(piece)) \
                if len(piece) < 65_536 else b"\x7f" + struct.pack(">Q", len(piece))
            self.connection.sendall(bytes([last << 7 | (2 if at == 0 else 0)]) + size + piece)

    def close(self):
        self.connection.close()


class Listener:
    """Serves each connection in a thread of its own; `number` counts them from 1. `tls`: an
    ssl.SSLContext; `frame_bytes`: it speaks web sockets, in frames of so many bytes."""

    def __init__(self, tls=None, frame_bytes=None):
        self.tls = tls
        self.frame_bytes = frame_bytes  # of web sockets
        self.alpn = []
        self.connections = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"tcp://127.0.0.1:{self.port}"
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve_and_close, args=(connection, self.connections),
                             daemon=True).start()

    def serve_and_close(self, connection, number):
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
                self.alpn.append(connection.selected_alpn_protocol())
            if self.frame_bytes:
                connection = WebSocket(connection, self.frame_bytes)
            self.serve(connection, number)
        except OSError:
            pass
        finally:
            connection.close()

    def serve(self, connection, number):
        raise NotImplementedError

    def close(self):
        self.listener.close()


@dataclasses.dataclass
class Connect:
    """What a client asks for; `number` counts them from 1."""
    number: int
    version: int
    clean: bool
    keep_alive_s: int
    client_id: str
    properties: dict


class Fields:
    """Takes fields from the front of a packet's body."""

    def __init__(self, body):
        self.rest = body

    def take(self, count):
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "big")

    def text(self):
        return self.take(self.number(2)).decode()

    def length(self):
        value = shift = 0
        while True:
            digit = self.number(1)
            value |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                return value

    def properties(self):
        fields, found = Fields(self.take(self.length())), {}
        while fields.rest:
            name = fields.number(1)
            found[name] = fields.number(_BYTES[name]) if name in _BYTES else fields.text()
        return found


class ScriptedBroker(Listener):
    """`answer`: of a Connect to the CONNACK, CLOSE or SILENCE. `grant`: of a Connect and the filters of
    a SUBSCRIBE to a SUBACK's codes and reason string, or CLOSE. `leave`: of a filter of an UNSUBSCRIBE to its code of
    MQTT 5, or SILENCE; `late`: packets by the seconds that they come behind UNSUBACK. `then`: of a Connect to what
    comes after the SUBACK, a list of packets and CLOSE."""

    def __init__(self, answer=None, grant=None, then=None, leave=None, late=None, **more):
        self.answer = answer or (lambda connect: connack(connect.version))
        self.grant = grant or (lambda connect, filters: ([qos & 3 for _, qos in filters], None))
        self.then = then or (lambda connect: [])
        self.leave = leave or (lambda topic: 0)
        self.late = late or {}
        self.connects, self.subscribed, self.unsubscribed = [], [], []
        self.pings, self.published, self.disconnects = 0, 0, 0
        self.acknowledged, self.recorded, self.completed = [], [], []  # PUBACK, PUBREC, PUBCOMP
        super().__init__(**more)

    @property
    def versions(self):
        return [connect.version for connect in self.connects]

    def read(self, connection):
        """A packet's first byte and body; None: the client has gone."""
        def exactly(count):
            found = b""
            while len(found) < count:
                piece = connection.recv(count - len(found))
                if not piece:
                    raise OSError("closed")
                found += piece
            return found
        first, value, shift = exactly(1)[0], 0, 0
        while True:
            digit = exactly(1)[0]
            value |= (digit & 0x7F) << shift
            shift += 7
            if not digit & 0x80:
                return first, exactly(value)

    def serve(self, connection, number):
        connect = None
        while True:
            first, body = self.read(connection)
            fields, kind = Fields(body), first >> 4
            if kind == 1:
                fields.take(6)
                version, flags, keep_alive = fields.number(1), fields.number(1), fields.number(2)
                found = fields.properties() if version == V5 else {}
                connect = Connect(len(self.connects) + 1, version, bool(flags & 2), keep_alive, fields.text(), found)
                self.connects.append(connect)
                answer = self.answer(connect)
                if answer is CLOSE:
                    return
                if answer is not SILENCE:
                    connection.sendall(answer)
            elif kind == 8:
                packet_id = fields.number(2)
                if connect.version == V5:
                    fields.properties()
                filters = []
                while fields.rest:
                    filters.append((fields.text(), fields.number(1)))
                self.subscribed.append(filters)
                granted = self.grant(connect, filters)
                if granted is CLOSE:
                    return
                codes, reason = granted
                connection.sendall(suback(connect.version, packet_id, codes, reason))
                for piece in self.then(connect):
                    if piece is CLOSE:
                        return
                    connection.sendall(piece)
            elif kind == 10:
                packet_id = fields.take(2)
                if connect.version == V5:
                    fields.properties()
                filters = []
                while fields.rest:
                    filters.append(fields.text())
                self.unsubscribed += filters
                left = [self.leave(topic) for topic in filters]
                if SILENCE in left:
                    continue
                codes = b"\x00" + bytes(left) if connect.version == V5 else b""
                connection.sendall(packet(0xB0, packet_id + codes))
                for seconds, piece in self.late.items():
                    threading.Timer(seconds, connection.sendall, [piece]).start()
            elif kind == 12:
                self.pings += 1
                connection.sendall(b"\xd0\x00")
            elif kind == 4:
                self.acknowledged.append(fields.number(2))
            elif kind == 3:
                self.published += 1
            elif kind == 5:
                self.recorded.append(fields.number(2))
            elif kind == 7:
                self.completed.append(fields.number(2))
            elif kind == 14:
                self.disconnects += 1
                return
