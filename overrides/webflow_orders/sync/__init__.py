"""What has changed in a shop since the last time, though its API cannot be asked that.

    from webflow_orders import OrdersClient, sync

    with OrdersClient(site_id="580e63e98c9a982ac9b8b741") as orders:
        run = sync.changes(orders, state)  # None at first
        for change in run:
            print(change.kind, change.order_id, change.was, change.order)
        state = run.state  # JSON, for the next run
        print(run)  # what was read, why, and in how many calls

Webflow's list has no filter by date and no order that is documented, and an order does not say when it was changed.
So a run reads in full every status but the longest, which in most shops is `fulfilled`. An order that has left the
longest is then seen where it went. One that has left another status, and is in none of these, is looked for in the
longest, on the pages where it should be, or by its id. And the newest orders are read back to those that are known.
Totals alone cannot do that: in them, an order that is fulfilled hides one whose fulfilment was taken back.

What a run promises:

- The status of an order that is left alone while the run reads is seen by it, and so is any other change of an order
  that is not in the longest status. What changes during a run is seen by the next one.
- Any other change, such as an edited note of a fulfilled order, is seen within `sweep_days`; at once if a webhook's
  event about it is passed.
- An order is not lost, not given out twice by a run, and not shown older than before.
- An order is called deleted when it was looked for by its id, and the answer was 404. In the longest status, the
  totals say that one is gone, and a full read finds it; in a shop that changes in the middle of each run, the sweep.

And what it takes for granted:

- A list is behind by no more than `lag` seconds, and an order that is asked for by its id is as it is.
- Runs do not overlap. After one that was killed, the next begins `lag` seconds later.
- What was given out and the state are kept together: in one transaction, or thrown away together. `run.state` may be
  taken at any time; before the end it knows of the changes up to there, and a first read that was killed gives out
  only the rest when it is made again.
- A status that openapi.yaml does not list cannot be asked for. An order that enters one is noticed by the totals, and
  found by a full read; in a shop that changes in the middle of each run, by the sweep.
- An order that is entered with a date of long ago is noticed by the totals, but not if another is deleted between the
  same two runs: then by the sweep.
- A status that an order had only between two runs is not seen.

Where the list is not sorted by the time of the orders, neither way, each run reads every order, and so does a run for
which that takes no more calls. Each order of a shop costs some 20 bytes in the state: its id, its status, and 48 bits
of a hash over all of it. No customer can be read from that.
"""

from .planning import Plan, Step
from .reading import Change
from .runs import AsyncRun, Run, changes, plan
from .state import StateError

__all__ = ["AsyncRun", "Change", "Plan", "Run", "StateError", "Step", "changes", "plan"]
