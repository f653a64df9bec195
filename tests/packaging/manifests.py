"""The Kubernetes manifests against the API's schemas and against each other, and the form of
compose.yaml. It needs PyYAML, and kubernetes-validate for the schemas."""

import glob
import os
import re
import subprocess
import sys
import unittest

try:
    import yaml
except ImportError:
    yaml = None

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MANIFESTS = os.path.join(ROOT, "packaging", "kubernetes")
CONTAINER = os.path.join(ROOT, "packaging", "container")
# Kinds that aren't Kubernetes' own.
OTHER_KINDS = {"Kustomization", "ServiceMonitor"}


def load(path):
    with open(path) as f:
        return yaml.safe_load(f)


@unittest.skipUnless(yaml, "PyYAML is not installed")
class Kubernetes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = sorted(glob.glob(MANIFESTS + "/*.yaml"))
        cls.by_kind = {load(path)["kind"]: load(path) for path in cls.files}

    def pod(self):
        return self.by_kind["StatefulSet"]["spec"]["template"]["spec"]

    def container(self):
        return self.pod()["containers"][0]

    def test_they_are_valid_for_the_oldest_and_the_newest_api(self):
        program = os.path.join(os.path.dirname(sys.executable), "kubernetes-validate")
        if not os.path.exists(program):
            self.skipTest("kubernetes-validate is not installed")
        ours = [path for path in self.files if load(path)["kind"] not in OTHER_KINDS]
        self.assertGreaterEqual(len(ours), 8)
        for version in ("1.27", None):
            chosen = ["-k", version] if version else []
            done = subprocess.run([program, "--strict", "--no-warn", *chosen, *ours],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual((done.stdout + done.stderr).count(" passed "), len(ours))

    def test_kustomize_names_every_file(self):
        named = set(self.by_kind["Kustomization"]["resources"]) | {"kustomization.yaml"}
        self.assertEqual(named, {os.path.basename(path) for path in self.files})

    def test_they_refer_to_each_other(self):
        labels = self.by_kind["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
        for kind, selector in (("StatefulSet", "selector"), ("PodDisruptionBudget", "selector"),
                               ("NetworkPolicy", "podSelector"), ("ServiceMonitor", "selector")):
            self.assertEqual(self.by_kind[kind]["spec"][selector]["matchLabels"], labels, kind)
        self.assertEqual(self.by_kind["Service"]["spec"]["selector"], labels)
        self.assertEqual(self.by_kind["StatefulSet"]["spec"]["serviceName"],
                         self.by_kind["Service"]["metadata"]["name"])
        self.assertEqual(self.by_kind["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["kind"],
                         "StatefulSet")
        claims = [claim["metadata"]["name"]
                  for claim in self.by_kind["StatefulSet"]["spec"]["volumeClaimTemplates"]]
        mounts = {mount["name"]: mount["mountPath"] for mount in self.container()["volumeMounts"]}
        self.assertEqual(mounts[claims[0]], "/var/lib/penstock")

    def test_resources_and_probes_are_the_documented_ones(self):
        self.assertEqual(self.container()["resources"], {
            "requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "512Mi"}})
        self.assertEqual(self.container()["livenessProbe"]["httpGet"]["path"], "/health/live")
        self.assertEqual(self.container()["readinessProbe"]["httpGet"]["path"], "/health/ready")

    def test_client_id_and_intake_are_stable_per_replica(self):
        variables = {variable["name"]: variable for variable in self.container()["env"]}
        self.assertEqual(variables["POD_NAME"]["valueFrom"]["fieldRef"]["fieldPath"], "metadata.name")
        self.assertIn("$(POD_NAME)", variables["INGESTION_MQTT_CLIENT_ID"]["value"])
        self.assertEqual(self.by_kind["StatefulSet"]["spec"]["persistentVolumeClaimRetentionPolicy"],
                         {"whenDeleted": "Retain", "whenScaled": "Retain"})
        self.assertGreater(self.pod()["terminationGracePeriodSeconds"], 30)

    def test_variables_are_those_of_the_pipeline(self):
        with open(os.path.join(ROOT, "pipelines", "default.toml")) as f:
            known = set(re.findall(r"\$\{([A-Z_]+)", f.read()))
        given = set(self.by_kind["ConfigMap"]["data"]) | set(self.by_kind["Secret"]["stringData"])
        self.assertLessEqual(given, known)


@unittest.skipUnless(yaml, "PyYAML is not installed")
class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.compose = load(os.path.join(CONTAINER, "compose.yaml"))

    def test_every_image_has_a_version(self):
        images = [service["image"] for service in self.compose["services"].values() if "image" in service]
        self.assertEqual(len(images), 4)
        for image in images:
            self.assertRegex(image, r":v?\d+\.\d+")

    def test_every_file_and_name_that_it_refers_to_exists(self):
        services, volumes = self.compose["services"], self.compose["volumes"]
        for name, service in services.items():
            for other in service.get("depends_on", {}):
                self.assertIn("healthcheck", services[other], name)
            for mount in service.get("volumes", []):
                source = mount.split(":")[0]
                if source.startswith("."):
                    self.assertTrue(os.path.exists(os.path.join(CONTAINER, source)), source)
                else:
                    self.assertIn(source, volumes)
        build = services["penstock"]["build"]
        context = os.path.normpath(os.path.join(CONTAINER, build["context"]))
        self.assertEqual(context, ROOT)
        self.assertTrue(os.path.exists(os.path.join(context, build["dockerfile"])))

    def test_the_engine_finds_broker_and_database(self):
        variables = self.compose["services"]["penstock"]["environment"]
        self.assertIn(variables["INGESTION_MQTT_BROKER_URL"].split("/")[2].split(":")[0],
                      self.compose["services"])
        self.assertIn(variables["INGESTION_DB_HOST"], self.compose["services"])


if __name__ == "__main__":
    unittest.main()
