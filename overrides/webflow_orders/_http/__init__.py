"""How one request gets to the API and its answer back: the only room that imports an HTTP library.

`engine` makes an attempt with httpx or httpx2 and gives an `errors.RawResponse`, or raises one of `failures`, which
say whether the request can have left. `attempt` is what is known of the attempt under way: the time it has left, and
how far it has got. `transport` says which library carries a client, and makes what is not given; `address` and
`proxies` are where to and by which way. Nothing here knows what a request is for.
"""
