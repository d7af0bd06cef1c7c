"""What the model asks: values at the edges of what is allowed, and just beyond them."""

from __future__ import annotations

from hypothesis import strategies as st

from ..description import writes
from .bodies import good_bodies
from .state import OPERATIONS

ACTIONS = st.sampled_from(writes.ACTIONS)
LISTS = st.sampled_from(("list-orders", "list-orders-v1"))
ANY = st.sampled_from(tuple(OPERATIONS))
GETS_OF_ONE = ("get-order", "get-order-v1")
GETS = st.sampled_from(GETS_OF_ONE)
OF_AN_ORDER = tuple(name for name in OPERATIONS if not name.startswith("list-"))
WHICH = st.integers(0, 999)
COMMENTS = (
    "", "x", "Packed twice.", " spaces around ", "a" * 150, "line\nfeed", "🦊 𐐏", "<b>&amp;</b>", "null", "Łódź",
    "b" * 1000, "two\r\nlines", "decomposed u\u0308", "\u05e9\u05dc\u05d5\u05dd \u202e right to left", "\ufeffmarked",
    "it's \"quoted\" \\", "tab\tand nbsp\u00a0", "\U0001f469\u200d\U0001f4bb", "${x} %s {{y}}",
    "'; DROP TABLE orders; --", "nul\0inside", "lone\rreturn", "007", "1e5", "c" * 5000, "ü" * 2100,
    "1+1 %2B 100% %41", "\\u0041 \\n \\", "two  spaces, and a line at the end\n", "HTTPS://Example.COM/a%2Fb?c=%C3%A9&d=#Part",
    "2025-03-29T21:29:21+01:00", "=1+1", "<script src='../../etc/passwd'></script>", "true", "-0.0",
    "4111 1111 1111 1111", "0", "2025-03-29", '{"a": 1}', "a\u2028b\u2029c so\u00adft", "bell\a escape\x1b",
    "it\u2019s \u201cso\u201d \u2013 \u2026", "nobody@example.com :-) **x** @all",
    # Numbers of parcels, which no number of JavaScript's holds; and addresses that a tidy mind would shorten.
    "987654321098765432", "00340434161094021501", "https://shop.example", "http://shop.example:80/a/../b/",
    "https://shop.example:443/a/?utm_source=mail&n=1&n=1&z=", "false", "#1: a\n\n\nb \t",
    "\u2764\ufe0f zero\u200bwidth \u0e01\u0e34 \u05e9\u05b8 \u0928\u093f e\u0301\u0323 no\u200cn",
)  # fmt: skip
# All that UTF-8 can encode; told so by codec="utf-8", Hypothesis would encode each character that there is.
TEXTS = st.sampled_from(COMMENTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
GOOD_BODIES = {action: good_bodies(action) for action in writes.ACTIONS}
LIMITS = ("1", "2", "3", "10", "11", "26", "27", "99", "100", "007")
OFFSETS = (
    "0", "1", "2", "9", "10", "26", "27", "28", "1000", str(2**31), str(2**31 + 1), str(2**32), str(2**53 - 1),
)  # fmt: skip
ODD_VALUES = {
    "limit": (
        "0", "-1", "101", "1000", "", "abc", "2.5", "1e1", " 5", "5 ", "5\n", "+5", "5_0", "5,0", "5;", "٣", "５",
        "0x10", "null", "NaN", "Infinity", "9" * 25,
    ),
    "offset": ("-1", "-0", "", "abc", "1.0", "1_0", "1 ", "true", str(2**53), "9" * 25),
    "status": (
        "", "shipped", "FULFILLED", "Refunded", "fulfilled ", " fulfilled", "fulfilled\0", "dispute", "fulfill",
        "ful%", "*", "fulfilled,refunded", "null", "\udcff",
    ),
    "other": ("asc", "2"),
}  # fmt: skip
# As they stand in the address: no client writes so, and somebody does. It is said of none what comes, but no 5xx.
ODD_QUERIES = (
    "limit=%00", "limit=5%00", "offset=%00", "status=%00", "other=%00", "%00=1", "%zz", "limit=%", "=", "&&&", "?",
    "5", "limit", "limit[]=5", "limit[$gt]=5", "other[]=1", "status=%FF", "%FF=1", "other=%F0%9F", "limit=5;offset=1",
    "sort=-acceptedOn", "fields=status", "page=2", "q=" + "x" * 1800, "&".join(f"a{n}=1" for n in range(150)),
)  # fmt: skip
ODD_ORDER_IDS = ("dfa-3f1 ", "dfa-3f1\n", "dfa 3f1", "dfa.3f1", "ünï", "x" * 65, "a/b", "dfa-3f1\x00")
METHODS = st.sampled_from(("PUT", "DELETE", "PATCH", "POST", "OPTIONS"))
# Of these every server must know that it does not know them; what an empty one means is not said.
UNSUPPORTED = ("2.0.0", "0.9", "v1", "10", "one")
VERSIONS = ("1", "1.0.0", "1.", "2.0.0", "0.9", "v1", "10", "one", "")


def misspelt(order: str) -> list[str]:
    """What is no order's id, and looks like one. Without NUL, which a proxy refuses before a server sees it."""
    made = (
        order.upper(), f"{order} ", f" {order}", f"{order}\n", f"{order}.", f"{order}/", f"a/{order}", f"{order}%",
        f"{order}0", f"{order}?x", f"{order};x", f"{order},{order}", f"../{order}", f"%{order[1:]}",
        order[:-1], order[1:], order[:-1] + "_", "_" * len(order), f"{order}' OR '1'='1", "000-000", "ünï", "x" * 65,
        "*", "'", f"{order}\udcff", f"%{ord(order[0]):02x}{order[1:]}", "constructor", "__proto__",
        order.replace("-", ""), order.replace("-", "_"),
    )  # fmt: skip
    return [each for each in made if each]
