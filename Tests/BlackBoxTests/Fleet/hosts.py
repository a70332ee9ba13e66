#!/usr/bin/env python3
"""Three hosts on one machine: network namespaces on a bridge of their own, for as long as standard input is open.

    hosts.py PORT...        (as root)

The hosts reach this machine's loopback ports at the gateway's address, by the same numbers, and nothing else:
the bridge stands in a namespace, too. The one line of output names a process in each host's network, by which
a program is run there (`nsenter --net --target`). With these processes the namespaces end, however this one does.
"""

import asyncio
import ctypes
import os
import socket
import subprocess
import sys

HOSTS = 3
# RFC 2544 keeps these addresses for tests between networks.
NETWORK = "198.18.0."
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


def namespace():
    """A network of its own, which is there for as long as its process reads from this one."""
    return subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "echo; exec cat >/dev/null"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def ip(host, words):
    command = ["nsenter", "--net", f"--target={host.pid}", "ip"] + words.split()
    subprocess.run(command, check=True)


def listener(gateway, port):
    """A socket in the gateway's network, in the hands of this process."""
    with open("/proc/self/ns/net") as own, open(f"/proc/{gateway.pid}/ns/net") as other:
        enter(other)
        try:
            return socket.create_server((NETWORK + "1", port))
        finally:
            enter(own)


def enter(network):
    if libc.setns(network.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def relay(port, reader, writer):
    try:
        there = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        writer.close()
        return
    await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))


async def serve(gateway, ports):
    for port in ports:
        await asyncio.start_server(lambda r, w, port=port: relay(port, r, w), sock=listener(gateway, port))
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def main():
    ports = [int(word) for word in sys.argv[1:]]
    gateway, *hosts = networks = [namespace() for _ in range(HOSTS + 1)]
    for network in networks:
        # The line comes once it has a network of its own; nothing comes where that is forbidden.
        if not network.stdout.readline():
            sys.exit("hosts.py: no network namespace can be made; it takes root, or CAP_SYS_ADMIN and CAP_NET_ADMIN")
    ip(gateway, "link add bridge type bridge")
    ip(gateway, "link set bridge up")
    ip(gateway, f"address add {NETWORK}1/24 dev bridge")
    for number, host in enumerate(hosts, 1):
        ip(gateway, f"link add link{number} type veth peer name eth0 netns {host.pid}")
        ip(gateway, f"link set link{number} master bridge up")
        ip(host, f"address add {NETWORK}{10 + number}/24 dev eth0")
        ip(host, "link set eth0 up")
    print(*[host.pid for host in hosts], flush=True)
    asyncio.run(serve(gateway, ports))


main()
