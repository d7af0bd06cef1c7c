"""What all four clients share: a site, options, and an engine that they may not own alone."""

from __future__ import annotations

from types import EllipsisType
from typing import Any, Generic, Self, TypeVar

from .._call import arguments
from .._call.driver import AnyDriver
from .._call.journal import UnsettledWrite
from .._call.operation import OnUnsettled, Options
from .._call.retry import RetryPolicy

E = TypeVar("E", bound=AnyDriver[Any])


class Shared(Generic[E]):
    """A client but for how it sends."""

    site_id: str | None
    _options: Options
    _engine: E
    _owns_engine: bool

    def for_site(self, site_id: str) -> Self:
        """A client for another site that this token may see. It shares the connections; close this one only."""
        other = self._shallow()
        other.site_id = arguments.site_id(site_id)
        return other

    def with_options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        retry: RetryPolicy | None = None,
        confirm: bool | None = None,
        queue_timeout: float | EllipsisType | None = ...,
        max_body: int | None = None,
        unsettled: OnUnsettled | None = None,
    ) -> Self:
        """The same client with other options: `orders.with_options(deadline=5).get(order_id)`.

        What is not given stays as it is. `queue_timeout=None` makes the queue a part of the deadline again.
        """
        given = {name: value for name, value in locals().items() if value is not None}
        del given["self"]
        if queue_timeout is ...:
            del given["queue_timeout"]
        else:
            given["queue_timeout"] = queue_timeout
        other = self._shallow()
        other._options = self._options._replace(**given).checked()
        return other

    def unsettled(self) -> list[UnsettledWrite]:
        """The writes whose outcome is not known, of this site or, without one, of all; the oldest first.

        Writes that are under way are among them. Raises OSError if the journal cannot be read.
        """
        return self._engine.journal.unsettled(self._engine.connection.base_url, self.site_id)

    def _to_settle(self, order_id: str | None, give_up_after: float | None) -> list[UnsettledWrite]:
        """What `settle` is to look at. Raises ValueError or TypeError for arguments that cannot be right."""
        if order_id is not None:
            arguments.order_id(order_id)
        if give_up_after is not None:
            arguments.wait(give_up_after, "give_up_after")
        writes = (write for write in self.unsettled() if not write.is_under_way)
        return [write for write in writes if order_id in (None, write.order_id)]

    def _shallow(self) -> Self:
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._owns_engine = False
        return other

    def __repr__(self) -> str:
        if "_engine" not in self.__dict__:  # A traceback with locals shows one whose arguments were refused.
            return f"{type(self).__name__}(not made)"
        return (
            f"{type(self).__name__}(site_id={self.site_id!r}, base_url={self._engine.connection.base_url!r})"
        )
