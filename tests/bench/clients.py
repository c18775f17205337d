"""Clients that do as little as they can, so that what is timed is the server: prepared bytes, one connection each.

They run in a process of their own: `python -m tests.bench.clients HOST PORT CLIENTS FILE`, where the file holds the
requests, and print one JSON object.
"""

import json
import pickle
import socket
import sys
import threading
import time
from collections import Counter
from pathlib import Path

LINE = b"\r\n"
PATIENCE_S = 30


def request(method: str, path: str, *, cookie: str = "", body: str = "", encoding: str = "") -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += ["Content-Type: application/x-www-form-urlencoded"] if body else []
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += [f"Accept-Encoding: {encoding}"] if encoding else []
    return "\r\n".join([*lines, "", body]).encode()


def _answer(line: socket.socket) -> int:
    """Read one answer to its end and return its status."""
    got = b""
    while LINE * 2 not in got:
        more = line.recv(65_536)
        if not more:
            return 0
        got += more
    head, _, body = got.partition(LINE * 2)
    fields = dict(each.lower().split(b": ", 1) for each in head.split(LINE)[1:])
    left = int(fields.get(b"content-length", b"0")) - len(body)
    while left > 0:
        more = line.recv(65_536)
        if not more:
            return 0
        left -= len(more)
    return int(head.split(b" ", 2)[1])


def shoot(host: str, port: int, clients: int, requests: list[bytes]) -> dict[str, object]:
    """Send requests from so many clients at once; return seconds of each, of all, and how often each status came."""
    times: list[list[float]] = [[] for _ in range(clients)]
    statuses: Counter[int] = Counter()
    start = threading.Barrier(clients + 1)

    # Connected before anybody waits: one who cannot connect must not keep the others waiting for ever.
    lines = [socket.create_connection((host, port), PATIENCE_S) for _ in range(clients)]

    def send(number: int) -> None:
        with lines[number] as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            start.wait()
            for each in requests[number::clients]:
                began = time.perf_counter()
                line.sendall(each)
                statuses[_answer(line)] += 1
                times[number].append(time.perf_counter() - began)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "times": [one for each in times for one in each], "statuses": statuses}


def main() -> None:
    """Do what the command line says."""
    host, port, clients, file = sys.argv[1:]
    requests = pickle.loads(Path(file).read_bytes())
    sys.stdout.write(json.dumps(shoot(host, int(port), int(clients), requests)))


if __name__ == "__main__":
    main()
