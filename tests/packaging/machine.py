"""A Debian of its own, of the release that this machine has, booted by systemd-nspawn in a network of
its own."""

import os
import platform
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "system"))
from services import end_process, start_process, wait_until  # noqa: E402

MIRROR = "http://deb.debian.org/debian"
RELEASE = platform.freedesktop_os_release().get("VERSION_CODENAME", "bookworm")
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
               "HOME": "/root", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}


def why_not():
    """Why no machine can be booted here, or None."""
    if os.geteuid() != 0:
        return "only root can boot a machine"
    for program in ("debootstrap", "systemd-nspawn", "nsenter"):
        if not shutil.which(program, path=ENVIRONMENT["PATH"]):
            return f"{program} is not installed"
    return None


def run(*command, timeout_s=600, **more):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, **more)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def base_system(folder, packages, dependencies):
    """A root folder with packages and what `dependencies` (a Depends: field) names; made once for
    them."""
    complete, wanted = os.path.join(folder, "complete"), f"{RELEASE} {packages} {dependencies}"
    if os.path.exists(complete):
        with open(complete) as f:
            if f.read() == wanted:
                return folder
    shutil.rmtree(folder, ignore_errors=True)
    run("debootstrap", "--variant=minbase", "--include=systemd,systemd-sysv,dbus,ca-certificates",
        RELEASE, folder, MIRROR)
    # Services would start in the chroot, on the ports of this machine.
    policy = os.path.join(folder, "usr/sbin/policy-rc.d")
    with open(policy, "w") as f:
        f.write("#!/bin/sh\nexit 101\n")
    os.chmod(policy, 0o755)
    inside = ("chroot", folder)
    run(*inside, "apt-get", "install", "-qy", "--no-install-recommends", *packages, env=ENVIRONMENT)
    run(*inside, "apt-get", "satisfy", "-qy", "--no-install-recommends", dependencies,
        env=ENVIRONMENT)
    os.remove(policy)
    with open(complete, "w") as f:
        f.write(wanted)
    return folder


class Machine:
    def __init__(self, base, folder):
        self.root = os.path.join(folder, "root")
        self.log = open(os.path.join(folder, "console"), "w+")
        run("cp", "-a", base, self.root)
        self.write("/etc/hostname", "plant\n")
        self.write("/etc/hosts", "127.0.0.1 localhost plant\n")
        self.process = None

    def boot(self):
        self.process = start_process(
            ["systemd-nspawn", "-q", "-b", "-D", self.root, "--private-network", "--register=no",
             "--keep-unit", "--hostname=plant", f"--machine=penstock-test-{os.getpid()}", "--console=pipe"],
            stdout=self.log, stderr=self.log)
        self.wait_booted()
        return self

    def leader(self):
        """Its process 1, as this machine numbers it."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            children = f.read().split()
        return children[0] if children else None

    def wait_booted(self):
        def booted():
            if self.process.poll() is not None:
                raise RuntimeError(f"the machine ended: {self.console()[-2000:]}")
            return self.try_shell("systemctl is-system-running")[1].strip() in ("running", "degraded")
        wait_until(booted, "the machine has booted", every_s=0.5)

    def reboot(self):
        self.try_shell("systemctl reboot")
        # systemd-nspawn --keep-unit leaves the restart to whoever started it (nspawn.c).
        if self.process.wait(120) != 133:
            raise RuntimeError(f"the machine ended with {self.process.returncode}")
        self.boot()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.try_shell("systemctl poweroff")
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                end_process(self.process)
        self.log.close()

    def console(self):
        self.log.seek(0)
        return self.log.read()

    def command(self, text):
        leader = self.leader()
        return ["nsenter", "-t", leader or "0", "-m", "-u", "-i", "-n", "-p", "-r", "-w", "--",
                "/bin/bash", "-c", "cd; " + text]

    def try_shell(self, text, timeout_s=300):
        """Exit code and all that was said."""
        done = subprocess.run(self.command(text), env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=timeout_s)
        return done.returncode, done.stdout

    def shell(self, text, timeout_s=300):
        code, said = self.try_shell(text, timeout_s)
        if code != 0:
            raise RuntimeError(f"{text}: {code}\n{said}")
        return said.strip()

    def start(self, text):
        """A command that goes on."""
        return subprocess.Popen(self.command(text), env=ENVIRONMENT, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def put(self, source, target):
        inside = self.root + target
        os.makedirs(os.path.dirname(inside), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, inside, dirs_exist_ok=True)
        else:
            shutil.copy(source, inside)

    def write(self, target, text):
        os.makedirs(os.path.dirname(self.root + target), exist_ok=True)
        with open(self.root + target, "w") as f:
            f.write(text)


