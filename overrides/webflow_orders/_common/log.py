"""The logger of the package. It is silent unless a program says otherwise."""

import logging

log = logging.getLogger("webflow_orders")
log.addHandler(logging.NullHandler())
