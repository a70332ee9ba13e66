"""Running a program and accounting for it, as the kernel does."""

import os
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Usage:
    """What one run of a program took."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    output: str


def measured(command, environment=None):
    """Runs a program to its end; one that fails ends the benchmark with what it said."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **(environment or {})})
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{output}")
    return Usage(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


class Database:
    """The benchmark's server, straight and through its pooler, and psql to speak to it."""

    def __init__(self, psql, pooled):
        self.psql = psql
        self.pooled = pooled
        # A pooler's own port is in the URL; the server's is what the server says.
        port = self._ask(pooled, "select current_setting('port')")
        head, tail = pooled.rsplit(":", 1)
        self.direct = f"{head}:{port}/{tail.split('/', 1)[1]}"

    def ask(self, sql):
        return self._ask(self.direct, sql)

    def _ask(self, url, sql):
        command = [self.psql, "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", url]
        return subprocess.run(
            command, input=sql, check=True, capture_output=True, text=True).stdout.strip()


class Endpoint:
    """The benchmark's own endpoint, on a free port, for the time of a `with`."""

    def __init__(self, baseline, milliseconds):
        self.command = [baseline, "endpoint", str(milliseconds)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
