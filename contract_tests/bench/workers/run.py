"""One sample: `run.py GROUP PEER FOLDER DIALECT URL OPTIONS`, in a fresh process, by the Python of the peer.

Prints `{row: {metric: value}}` as JSON. Seconds, bytes and counts are for one call, one page or one process.
"""

import sys
import time

# Nothing else may be imported up here: the group `start` counts what a peer imports.


def start(peer_name, url):
    """From an interpreter that is up, to a client, to its first order."""
    bare = len(sys.modules)
    wall, cpu = time.perf_counter(), time.process_time()
    peer = __import__(peer_name)
    client = peer.client(url)
    ready = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    modules = len(sys.modules) - bare
    peer.get(client, "dfa-3f1")
    first = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {
        "ready": {**ready, "modules": modules},
        "first": {**first, "modules": len(sys.modules) - bare},
    }


def main(group, peer_name, folder, dialect, url, options):
    if group == "start":
        done = start(peer_name, url)
    else:
        import groups

        done = groups.run(group, peer_name, folder, dialect, url, options)
    import json

    print(json.dumps(done))


if __name__ == "__main__":
    main(*sys.argv[1:])
