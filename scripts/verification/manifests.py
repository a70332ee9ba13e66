"""What holds for the Kubernetes manifests: their schemas, and that the program is as they say."""

import functools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from .project_rules import unknown_words
from .rule import Plant, Rule
from .tree import Finding

FOLDER = "deploy/kubernetes"
# From the first one whose podFailurePolicy is stable to the newest that the validator carries.
VERSIONS = ("1.31", "1.33", "1.37")
# Fetched by scripts/setup.
VALIDATOR = Path(__file__).resolve().parents[2] / ".local/kubernetes-validate"

# What each container must have, and each pod: nothing that the program does needs more.
CONFINED = {
    "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
UNPRIVILEGED = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
# README's table of exit codes: what no second attempt can change, and what one may.
FINAL, REPEATABLE = {1, 64, 78}, {2, 5}


def library():
    if str(VALIDATOR) not in sys.path:
        sys.path.insert(0, str(VALIDATOR))
    import kubernetes_validate
    import yaml
    return kubernetes_validate, yaml


@functools.cache
def refusal(version, document):
    """Why a version of Kubernetes does not take a document, or None."""
    validator, _ = library()
    try:
        validator.validate(json.loads(document), version, strict=True)
    except validator.ValidationError as error:
        return f"{'.'.join(map(str, error.path))}: {error.message}"
    except validator.SchemaNotFoundError as error:
        return error.message
    return None


def job_of(document):
    """The specification of a document's job, or None where it starts none."""
    spec = document.get("spec", {})
    return spec["jobTemplate"]["spec"] if document["kind"] == "CronJob" else spec or None


def manifests(tree):
    try:
        _, yaml = library()
    except ImportError:
        yield Finding(FOLDER, 0, "kubernetes-validate is not there: scripts/setup fetches it")
        return
    names = tree.under(FOLDER, suffix=".yaml")
    documents = [(name, part) for name in names for part in yaml.safe_load_all(tree.text(name)) if part]
    files = {
        part["metadata"]["name"]: part["data"] for _, part in documents if part["kind"] == "ConfigMap"}
    jobs = [(name, job_of(part)) for name, part in documents if job_of(part)]
    if not files or not jobs:
        yield Finding(FOLDER, 0, "has no checklist, or no job")
    for name, document in documents:
        for version in VERSIONS:
            if told := refusal(version, json.dumps(document)):
                yield Finding(name, 0, f"Kubernetes {version}: {told}")
        for key, text in document.get("data", {}).items():
            if told := fault(tree, text):
                yield Finding(name, 0, f"{key}: {told}")
    for name, job in jobs:
        for text in retries(tree, job):
            yield Finding(name, 0, text)
        for text in confinement(job["template"]["spec"]):
            yield Finding(name, 0, text)
        for text in call(tree, job["template"]["spec"], files):
            yield Finding(name, 0, text)


def fault(tree, checklist):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(checklist)
        file.flush()
        lint = subprocess.run(
            [tree.binary, "lint", file.name], env={}, capture_output=True, text=True)
    return None if lint.returncode == 0 else (lint.stdout + lint.stderr).strip()


def retries(tree, job):
    """Which exit codes end a job for good, and which let it try again."""
    known = {
        int(code) for code in re.findall(r"^  case \w+ = (\d+)$", tree.text(
            "Sources/Gate/ExitStatus.swift"), re.MULTILINE)}
    ending = {
        code for rule in job.get("podFailurePolicy", {}).get("rules", [])
        if rule["action"] == "FailJob" for code in rule["onExitCodes"]["values"]}
    for code in sorted(ending - known):
        yield f"the program never ends with {code}"
    for code in sorted(FINAL - ending):
        yield f"a pod that ended with {code} would be tried again, and end so again"
    for code in sorted(REPEATABLE & ending):
        yield f"a pod that ended with {code} is not tried again"
    if not job.get("activeDeadlineSeconds"):
        yield "has no activeDeadlineSeconds"


def confinement(pod):
    def lacking(asked, context):
        return [key for key, value in asked.items() if context.get(key) != value]

    for key in lacking(UNPRIVILEGED, pod.get("securityContext", {})):
        yield f"the pod's securityContext lacks {key}"
    for container in pod["containers"]:
        for key in lacking(CONFINED, container.get("securityContext", {})):
            yield f"the securityContext of {container['name']} lacks {key}"
        if "memory" not in container["resources"]["limits"]:
            yield f"{container['name']} has no limit of memory"
    if pod.get("automountServiceAccountToken") is not False:
        yield "the pod is given a token of the cluster's API"


def call(tree, pod, files):
    """Whether the program takes a container's command, and finds the files and variables it names."""
    mounted = {}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    for container in pod["containers"]:
        for mount in container["volumeMounts"]:
            volume = volumes.get(mount["name"], {})
            if "configMap" in volume:
                data = files.get(volume["configMap"]["name"], {})
                mounted |= {f"{mount['mountPath']}/{key}": text for key, text in data.items()}
            for item in volume.get("secret", {}).get("items", []):
                mounted[f"{mount['mountPath']}/{item['path']}"] = ""
        if container["command"] != ["preflight"]:
            yield f"{container['command']} is not the program"
        subcommand, checklist, *_ = container["args"]
        yield from unknown_words(tree, container["args"])
        if checklist not in mounted:
            yield f"{subcommand} reads {checklist}, which is not mounted"
        named = dict(re.findall(r"\$\{(\w+)(:-)?", mounted.get(checklist, "")))
        given = set()
        for variable in container["env"]:
            name = variable["name"].removesuffix("_FILE")
            given.add(name)
            if name not in named:
                yield f"{variable['name']} is set, and the checklist has no ${{{name}}}"
            if name != variable["name"] and variable["value"] not in mounted:
                yield f"{variable['name']} names {variable['value']}, which is not mounted"
        for name in sorted(named.keys() - given):
            if not named[name]:
                yield f"the checklist needs {name}, which is not set"


GATE, WORKERS = f"{FOLDER}/gate.yaml", f"{FOLDER}/workers.yaml"
RULES = [
    Rule("manifests", manifests, [
        Plant("a field that Kubernetes does not know", GATE, "backoffLimits: 2", old="backoffLimit: 2"),
        Plant("a field that is of another type", WORKERS, "completions: four", old="completions: 4"),
        Plant("a command that does not exist", GATE, "args: [planted,", old="args: [check,"),
        Plant("an option that does not exist", WORKERS, "--until-planted", old="--until-empty"),
        Plant("an exit code that does not exist", GATE, "values: [1, 3, 6,", old="values: [1, 3,"),
        Plant("a no-go that is asked again", GATE, "values: [3,", old="values: [1, 3,"),
        Plant("an undecided check that is not asked again", GATE, "values: [1, 2,", old="values: [1,"),
        Plant("a checklist that is not mounted", GATE, "check, /etc/planted.yaml",
              old="check, /etc/preflight/preflight.yaml"),
        Plant("a variable that nothing reads", GATE, "name: PLANTED_URL", old="name: DATABASE_URL"),
        Plant("a secret's file that is not mounted", GATE, "value: /run/secrets/planted",
              old="value: /run/secrets/preflight/openai-api-key"),
        Plant("a container that may take on rights", GATE, "allowPrivilegeEscalation: true",
              old="allowPrivilegeEscalation: false"),
        Plant("a pod that may be root", WORKERS, "runAsNonRoot: false", old="runAsNonRoot: true"),
        Plant("a checklist with an unknown kind", f"{FOLDER}/checklist.yaml", "planted: embedder",
              old="api_key: embedder"),
    ], needs_program=True),
]
