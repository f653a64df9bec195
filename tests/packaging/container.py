"""The image: built from the repository on an imported Debian, run read-only by a user without rights,
killed and started anew on the same volume."""

import os
import shutil
import subprocess
import unittest

from machine import run
from services import ROOT, Broker, Database, free_port, temporary_folder, wait_until

BASE = os.path.join(ROOT, "build", "package-test", "base")
POINTS = 50_000


def why_not():
    if os.geteuid() != 0:
        return "only root can import a root folder"
    for program in ("buildah", "podman", "runc"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if not os.path.exists(BASE + "/complete"):
        return "there is no base system; tests/packaging/booted.py makes it"
    return None


@unittest.skipIf(why_not(), why_not())
class Container(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enterClassContext(temporary_folder())
        cls.store = ["--root", cls.folder + "/store", "--runroot", cls.folder + "/run"]
        container = cls.buildah("from", "scratch").strip()
        cls.buildah("copy", "-q", container, BASE, "/")
        cls.buildah("commit", "-q", container, "localhost/debian:12")
        cls.buildah("rm", container)
        cls.buildah("bud", "--isolation", "chroot", "--format", "docker", "--build-arg",
                    "BASE=localhost/debian:12", "-f", "packaging/container/Containerfile", "-t",
                    "penstock", ".")
        try:
            print(f"\n  {cls.podman('run', '--rm', *cls.LIMITS, 'localhost/penstock', '--version')}")
        except RuntimeError as e:
            raise unittest.SkipTest(f"no container runs here: {e}")

    # Fewer than the runtime's defaults, which not every machine allows.
    LIMITS = ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024", "--network", "host"]

    @classmethod
    def buildah(cls, *command):
        return run("buildah", "--storage-driver", "overlay", *cls.store, *command, cwd=ROOT)

    @classmethod
    def podman(cls, *command):
        return run("podman", "--storage-driver", "overlay", "--cgroup-manager", "cgroupfs",
                   "--runtime", "runc", *cls.store, *command)

    def test_the_image_has_the_program_and_no_shell(self):
        self.assertIn("timescale_sink", self.podman("run", "--rm", *self.LIMITS, "localhost/penstock",
                                                    "plugins"))
        with self.assertRaises(RuntimeError):
            self.podman("run", "--rm", *self.LIMITS, "--entrypoint", "/bin/sh", "localhost/penstock")
        inspected = self.podman("inspect", "--format", "{{.Config.User}} {{.Config.StopSignal}} "
                                "{{.HealthCheck}} {{.Size}}", "localhost/penstock")
        self.assertIn("10001:10001", inspected)
        self.assertIn("penstock health http://localhost:8080/health/live", inspected)
        self.assertLess(int(inspected.split()[-1]), 60_000_000)

    def test_a_killed_container_loses_nothing_that_a_new_one_on_its_volume_does_not_store(self):
        broker, database = Broker(self.folder), Database(self.folder)
        self.addCleanup(database.stop)
        self.addCleanup(broker.stop)
        volume = self.folder + "/volume"
        os.mkdir(volume)
        os.chown(volume, 10001, 10001)
        port = free_port()
        variables = {"INGESTION_MQTT_BROKER_URL": broker.url, "INGESTION_MQTT_CLIENT_ID": "container",
                     "INGESTION_DB_HOST": "127.0.0.1", "INGESTION_DB_PORT": str(database.port),
                     "INGESTION_DB_PASSWORD": database.password, "INGESTION_HTTP_PORT": str(port)}
        environment = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]

        def start(name):
            self.podman("run", "-d", "--name", name, *self.LIMITS, "--read-only", "--cap-drop", "ALL",
                        "--security-opt", "no-new-privileges", "-v", f"{volume}:/var/lib/penstock",
                        *environment, "localhost/penstock")
            self.addCleanup(lambda: self.podman("rm", "-f", name))
            wait_until(lambda: subprocess.run(
                ["podman", "--storage-driver", "overlay", "--cgroup-manager", "cgroupfs", "--runtime",
                 "runc", *self.store, "exec", name, "/usr/bin/penstock", "health",
                 f"http://localhost:{port}/health/ready"], capture_output=True).returncode == 0,
                f"{name} is ready", every_s=0.5)

        start("first")
        machines = broker.load(POINTS, "--sequence", "--rate", "10000")
        self.addCleanup(lambda: (machines.kill(), machines.wait(), machines.stdout.close()))
        wait_until(lambda: database.count() > POINTS // 5, "some points are stored")
        self.podman("kill", "--signal", "KILL", "first")
        self.podman("wait", "first")
        start("second")
        self.assertEqual(machines.wait(120), 0)
        different = "SELECT count(DISTINCT metadata->>'seq') FROM metrics"
        wait_until(lambda: int(database.psql(different)) >= POINTS, "all points are stored")
        print(f"  container: published {POINTS}, stored {database.psql(different)}, "
              f"rows {database.count()}")
        self.assertEqual(int(database.psql(different)), POINTS)
        status = self.podman("exec", "second", "/usr/bin/penstock", "health",
                             f"http://localhost:{port}/status")
        self.assertIn('"undone": 0', status)
        self.podman("stop", "-t", "30", "second")
        self.assertEqual(self.podman("inspect", "--format", "{{.State.ExitCode}}", "second").strip(), "0")


if __name__ == "__main__":
    unittest.main()
