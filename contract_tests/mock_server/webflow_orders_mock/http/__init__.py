"""The doors: in process, over ASGI, over a socket."""
