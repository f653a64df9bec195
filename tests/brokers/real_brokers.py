"""Real brokers, each private to a folder and on free ports of the loopback. Debian's are used where their package is
installed; others come from their registry, into `cache`, where the tool for it is installed. None is a part of
Penstock's build."""

import contextlib
import glob
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "system"))
from services import accepts, end_process, free_port, run_process, start_process, wait_until  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
USER, PASSWORD = "plant", "right-password"


class Unavailable(Exception):
    pass


def text_of(command, **more):
    return run_process(command, capture_output=True, text=True, check=True, timeout=600, **more).stdout


def need(*programs):
    for program in programs:
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/usr/local/go/bin"):
            raise Unavailable(f"{program} is not installed")


def debian_version(package):
    return text_of(["dpkg-query", "-W", "-f", "${Version}", package]).split("-")[0].split("+")[0]


class RealBroker:
    """Starts in `folder`, which holds what it keeps over a restart; asks for USER and PASSWORD if `guarded`."""
    name = source = ""
    patience_s = 60

    def __init__(self, folder, cache, guarded=False):
        self.folder, self.cache, self.guarded = folder, cache, guarded
        self.port = free_port()
        self.process = None
        os.makedirs(folder, exist_ok=True)
        self.configure()
        self.start()

    # What each defines: how it is had (Unavailable if it can't be), its files, and its command line with variables.
    @classmethod
    def provide(cls, cache):
        """Its version."""
        raise NotImplementedError

    def configure(self):
        pass

    def command(self):
        raise NotImplementedError

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w") as f:
            f.write(text)
        return self.path(name)

    def start(self):
        command, variables = self.command()
        with open(self.path("log"), "a") as log:
            self.process = start_process(command, env={**os.environ, **variables}, cwd=self.folder, stdout=log,
                                         stderr=log, stdin=subprocess.DEVNULL)

        def listens():
            if self.process.poll() is not None:
                with open(self.path("log")) as f:
                    raise RuntimeError(f"{self.name} ended: {f.read()[-2000:]}")
            return accepts(self.port)
        try:
            wait_until(listens, f"{self.name} listens", self.patience_s)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        group = self.process.pid
        end_process(self.process, signal.SIGTERM, 30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)  # children of a script that left them


class Mosquitto(RealBroker):
    name, source = "mosquitto", "Debian"

    @classmethod
    def provide(cls, cache):
        need("mosquitto", "mosquitto_passwd")
        return debian_version("mosquitto")

    def configure(self):
        users = ""
        if self.guarded:
            run_process(["mosquitto_passwd", "-b", "-c", self.path("users"), USER, PASSWORD], check=True)
            users = f"password_file {self.path('users')}\n"
        if os.geteuid() == 0:
            users += "user root\n"
        self.write("conf", f"listener {self.port} 127.0.0.1\npersistence true\npersistence_location {self.folder}/\n"
                   f"max_queued_messages 0\nallow_anonymous {'false' if self.guarded else 'true'}\n{users}")

    def command(self):
        return [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", self.path("conf")], {}


class RabbitMq(RealBroker):
    name, source = "RabbitMQ", "Debian"

    @classmethod
    def provide(cls, cache):
        if not glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"):
            raise Unavailable("the package rabbitmq-server is not installed")
        return debian_version("rabbitmq-server")

    def configure(self):
        self.epmd, self.distribution = free_port(), free_port()
        self.write("rabbitmq.conf", f"listeners.tcp.1 = 127.0.0.1:{free_port()}\n"
                   f"mqtt.listeners.tcp.1 = 127.0.0.1:{self.port}\n"
                   f"default_user = {USER}\ndefault_pass = {PASSWORD}\nmqtt.default_user = {USER}\n"
                   f"mqtt.default_pass = {PASSWORD}\nmqtt.allow_anonymous = {'false' if self.guarded else 'true'}\n"
                   f"mqtt.subscription_ttl = 86400000\nlog.console = true\n")
        self.write("enabled_plugins", "[rabbitmq_mqtt].\n")

    def command(self):
        sbin = glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server")[-1]
        return [sbin], {
            "HOME": self.folder, "RABBITMQ_NODENAME": f"b{self.port}@localhost", "RABBITMQ_BASE": self.folder,
            "RABBITMQ_MNESIA_BASE": self.path("mnesia"), "RABBITMQ_LOG_BASE": self.path("logs"),
            "RABBITMQ_CONFIG_FILE": self.path("rabbitmq.conf"), "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": self.path("enabled_plugins"), "ERL_EPMD_PORT": str(self.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1", "RABBITMQ_DIST_PORT": str(self.distribution)}

    def stop(self):
        super().stop()
        run_process(["epmd", "-port", str(self.epmd), "-kill"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Ejabberd(RealBroker):
    name, source = "ejabberd", "Debian"

    @classmethod
    def provide(cls, cache):
        need("erl")
        if not glob.glob("/usr/lib/*/ejabberd-*/ebin"):
            raise Unavailable("the package ejabberd is not installed")
        return debian_version("ejabberd")

    def configure(self):
        # It knows no client without a name: whoever comes without a password is a guest here.
        method = "internal" if self.guarded else "anonymous\nanonymous_protocol: login_anon"
        self.write("ejabberd.yml", f"hosts: [localhost]\nloglevel: warning\nauth_method: {method}\n"
                   f"listen:\n  - port: {self.port}\n    ip: 127.0.0.1\n    module: mod_mqtt\n"
                   "modules:\n  mod_mqtt:\n    session_expiry: 1 day\n    max_queue: infinity\n")

    def command(self):
        code = glob.glob("/usr/lib/*/ejabberd-*/ebin")[-1]
        return ["erl", "-noinput", "-pa", code, "-mnesia", "dir", f'"{self.path("mnesia")}"', "-s", "ejabberd"], {
            "HOME": self.folder, "EJABBERD_CONFIG_PATH": self.path("ejabberd.yml"),
            "EJABBERD_LOG_PATH": self.path("ejabberd.log")}


class Nats(RealBroker):
    name, source = "NATS", "Debian"

    @classmethod
    def provide(cls, cache):
        need("nats-server")
        return debian_version("nats-server")

    def configure(self):
        users = f'authorization {{ user: {USER}, password: "{PASSWORD}" }}\n' if self.guarded else ""
        self.write("conf", f"server_name: plant\nlisten: 127.0.0.1:{free_port()}\n"
                   f"jetstream {{ store_dir: {self.path('store')} }}\nmqtt {{ listen: 127.0.0.1:{self.port} }}\n{users}")

    def command(self):
        return [shutil.which("nats-server") or "/usr/sbin/nats-server", "-c", self.path("conf")], {}


class Aedes(RealBroker):
    name, source = "Aedes", "npm"

    @classmethod
    def provide(cls, cache):
        need("npm", "node")
        folder = os.path.join(cache, "aedes")
        if not os.path.exists(folder):
            run_process(["npm", "install", "--silent", "--prefix", folder, "aedes@1"], check=True, timeout=300)
        with open(os.path.join(folder, "node_modules", "aedes", "package.json")) as f:
            return json.load(f)["version"]

    def command(self):
        return ["node", os.path.join(HERE, "aedes.mjs"), str(self.port),
                *([USER, PASSWORD] if self.guarded else [])], {
            "NODE_PATH": os.path.join(self.cache, "aedes", "node_modules")}


class Moquette(RealBroker):
    name, source = "Moquette", "Maven"

    @classmethod
    def provide(cls, cache):
        need("java", "mvn")
        folder, version = os.path.join(cache, "moquette"), "0.17"
        if not glob.glob(os.path.join(folder, "lib", "moquette-broker-*.jar")):
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "pom.xml"), "w") as f:
                f.write('<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
                        "<groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies><dependency>"
                        "<groupId>io.moquette</groupId><artifactId>moquette-broker</artifactId>"
                        f"<version>{version}</version></dependency></dependencies></project>")
            text_of(["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"], cwd=folder)
        return version

    def configure(self):
        os.makedirs(self.path("config"))
        os.makedirs(self.path("data"))
        users = ""
        if self.guarded:
            self.write("config/users", f"{USER}:{hashlib.sha256(PASSWORD.encode()).hexdigest()}\n")
            users = f"password_file {self.path('config/users')}\n"
        self.write("config/moquette.conf", f"port {self.port}\nhost 127.0.0.1\nwebsocket_port disabled\n"
                   f"data_path {self.path('data')}/\npersistence_enabled true\ntelemetry_enabled false\n"
                   f"allow_anonymous {'false' if self.guarded else 'true'}\n{users}")

    def command(self):
        return ["java", f"-Dmoquette.path={self.folder}", "-cp", os.path.join(self.cache, "moquette", "lib", "*"),
                "io.moquette.broker.Server"], {}


class Artemis(RealBroker):
    name, source = "ActiveMQ Artemis", "Maven"

    @classmethod
    def provide(cls, cache):
        need("java", "mvn", "tar")
        version = "2.40.0"
        folder = os.path.join(cache, f"apache-artemis-{version}")
        if not os.path.exists(folder):
            text_of(["mvn", "-q", "-B", "dependency:copy", f"-DoutputDirectory={cache}",
                     f"-Dartifact=org.apache.activemq:apache-artemis:{version}:tar.gz:bin"])
            text_of(["tar", "-xzf", os.path.join(cache, f"apache-artemis-{version}-bin.tar.gz"), "-C", cache])
        return version

    def configure(self):
        text_of([os.path.join(self.cache, "apache-artemis-2.40.0", "bin", "artemis"), "create", self.path("instance"),
                 "--user", USER, "--password", PASSWORD, "--require-login" if self.guarded else "--allow-anonymous",
                 "--no-web", "--no-amqp-acceptor", "--no-stomp-acceptor", "--no-hornetq-acceptor", "--no-autotune",
                 "--host", "127.0.0.1", "--default-port", str(free_port())])
        path = self.path("instance/etc/broker.xml")
        with open(path) as f:
            text = f.read()
        with open(path, "w") as f:
            f.write(text.replace(":1883?", f":{self.port}?"))

    def command(self):
        return [self.path("instance/bin/artemis"), "run"], {}


class Mochi(RealBroker):
    name, source = "Mochi", "Go"

    @classmethod
    def provide(cls, cache):
        need("go")
        version = "v2.7.9"
        folder = os.path.join(cache, "mochi")
        if not os.path.exists(os.path.join(folder, "docker")):
            go = shutil.which("go", path=os.environ["PATH"] + ":/usr/local/go/bin")
            text_of([go, "install", f"github.com/mochi-mqtt/server/v2/cmd/docker@{version}"],
                    env={**os.environ, "GOBIN": folder})
        return version.removeprefix("v")

    def configure(self):
        auth = f"ledger:\n      auth:\n        - username: {USER}\n          password: {PASSWORD}\n          allow: true" \
            if self.guarded else "allow_all: true"
        self.write("conf.yaml", f"listeners:\n  - type: tcp\n    id: tcp\n    address: 127.0.0.1:{self.port}\n"
                   f"hooks:\n  auth:\n    {auth}\n"
                   f"  storage:\n    bolt:\n      path: {self.path('bolt.db')}\n")

    def command(self):
        return [os.path.join(self.cache, "mochi", "docker"), "--config", self.path("conf.yaml")], {}


class Amqtt(RealBroker):
    name, source = "aMQTT", "PyPI"

    @classmethod
    def provide(cls, cache):
        folder = os.path.join(cache, "amqtt")
        if not os.path.exists(os.path.join(folder, "bin", "amqtt")):
            run_process([sys.executable, "-m", "venv", folder], check=True)
            text_of([os.path.join(folder, "bin", "pip"), "install", "-q", "amqtt==0.12.1", "passlib"])
        return text_of([os.path.join(folder, "bin", "amqtt"), "--version"]).strip()

    def configure(self):
        users = ""
        if self.guarded:
            hashed = text_of([os.path.join(self.cache, "amqtt", "bin", "python"), "-c",
                              "from passlib.apps import custom_app_context as c; "
                              f"print(c.hash({PASSWORD!r}))"]).strip()
            self.write("users", f"{USER}:{hashed}\n")
            users = f"  amqtt.plugins.authentication.FileAuthPlugin:\n    password_file: {self.path('users')}\n"
        else:
            users = "  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n"
        self.write("conf.yaml", f"listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{self.port}\n"
                   f"plugins:\n{users}")

    def command(self):
        return [os.path.join(self.cache, "amqtt", "bin", "amqtt"), "-c", self.path("conf.yaml")], {}


ALL = [Mosquitto, RabbitMq, Ejabberd, Nats, Aedes, Artemis, Moquette, Mochi, Amqtt]
