"""One sample: `run.py GROUP MODULE[:TRANSPORT] FOLDER DIALECT URL OPTIONS`, in a fresh process, by a peer's Python.

Prints `{row: {metric: value}}` as JSON. Seconds and bytes are for one call, one page or one process.
"""

import sys
import time

# Nothing else may be imported up here: the group `start` measures what a peer imports.


def told(module):
    """The peer, told by which transport it is to send."""
    name, _, transport = module.partition(":")
    peer = __import__(name)
    if transport:
        peer.TRANSPORT = transport
    return peer


def start(module, url):
    """From an interpreter that is up, to a client, to its first order."""
    wall, cpu = time.perf_counter(), time.process_time()
    peer = told(module)
    client = peer.client(url)
    ready = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peer.get(client, "dfa-3f1")
    return {"ready": ready, "first": {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}}


def main(group, module, folder, dialect, url, options):
    if group == "start":
        done = start(module, url)
    else:
        import groups

        done = groups.run(group, told(module), folder, dialect, url, options)
    import json

    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
