"""Send an open-loop load: requests on a fixed schedule, however long the responses take. Runs in a separate process.

Reads one JSON object from standard input (``url``, ``secret``, ``rate``, ``seconds``, ``bodies``, ``salt``, ``timeout``) and
prints another: the seconds from each request's scheduled time to its response, and the number of responses other than 200.
"""

from __future__ import annotations

import http.client
import json
import queue
import sys
import threading
import time
from urllib.parse import urlsplit

from serving import signed

CONNECTIONS = 16


def run(
    url: str, secret: str, *, rate: float, seconds: float, bodies: list[str], salt: str, timeout: float = 10.0
) -> dict[str, object]:
    parts = urlsplit(url)
    due: queue.SimpleQueue[tuple[float, bytes] | None] = queue.SimpleQueue()
    taken: list[float] = []
    late: list[float] = []
    refused: list[int] = []

    def send() -> None:
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=timeout)
        while (next_ := due.get()) is not None:
            at, body = next_
            headers = {"Content-Type": "application/x-www-form-urlencoded", **signed(secret, body)}
            late.append(time.perf_counter() - at)
            began = time.perf_counter()
            try:
                connection.request("POST", parts.path, body, headers)
                response = connection.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            taken.append(time.perf_counter() - began)
            if status != 200:
                refused.append(status)
        connection.close()

    senders = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    for sender in senders:
        sender.start()
    start = time.perf_counter() + 0.1
    for number in range(int(rate * seconds)):
        at = start + number / rate
        if (wait := at - time.perf_counter()) > 0:
            time.sleep(wait)
        # No two requests are alike: a second one with the same signature would be a replay.
        due.put((at, f"{bodies[number % len(bodies)]}&trigger_id={salt}.{number}".encode()))
    for _ in senders:
        due.put(None)
    for sender in senders:
        sender.join()
    return {"taken": taken, "late": late, "refused": refused}


if __name__ == "__main__":
    print(json.dumps(run(**json.load(sys.stdin))))
