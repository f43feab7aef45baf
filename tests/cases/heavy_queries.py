"""Queries of one heavy step, which no time limit between steps stops, and others that go on or ask for too much.

Each is a select from nothing, or from the table `written` and its index, so it can be typed into any caseload.
"""

from __future__ import annotations

MANY = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000)"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


def _a(number: int) -> str:
    return f"replace(hex(zeroblob({number})), '0', 'a')"


_KEYS = "'{' || group_concat('\"k' || i || '\":1') || '}'"
_OTHERS = "'{' || group_concat('\"l' || i || '\":1') || '}'"
_LIST = "'[' || replace(hex(zeroblob(5000000)), '00', '1,') || '1]'"
_LAST, _LAST_SET = ", '$[#-1]'" * 900, ", '$[#-1]', 2" * 450
# One step of each takes from two seconds to hours.
UNSTOPPABLE = {
    "trim": f"SELECT length(trim({_a(2_000_000)}, replace(hex(zeroblob(20000)), '0', 'b') || 'a'))",
    "ltrim": f"SELECT length(ltrim({_a(2_000_000)}, replace(hex(zeroblob(20000)), '0', 'b') || 'a'))",
    "rtrim": f"SELECT length(rtrim({_a(2_000_000)}, replace(hex(zeroblob(20000)), '0', 'b') || 'a'))",
    "instr": f"SELECT instr({_a(4_000_000)}, {_a(1_000_000)} || 'b')",
    "instr in bytes": "SELECT instr(zeroblob(8000000), zeroblob(2000000) || x'01')",
    "replace": f"SELECT length(replace({_a(4_000_000)}, {_a(1_000_000)} || 'b', 'c'))",
    "like": f"SELECT {_a(3_000_000)} LIKE '%' || {_a(20_000)} || 'b'",
    "like with an escape": f"SELECT {_a(3_000_000)} LIKE '%' || {_a(20_000)} || 'b' ESCAPE 'c'",
    "not like": f"SELECT {_a(3_000_000)} NOT LIKE '%' || {_a(20_000)} || 'b'",
    "glob": f"SELECT {_a(3_000_000)} GLOB '*' || {_a(20_000)} || 'b'",
    "glob with a set": f"SELECT {_a(3_000_000)} GLOB '*[' || {_a(20_000)} || 'b]' || {_a(100)} || 'c'",
    "unhex": "SELECT length(unhex(replace(hex(zeroblob(3000000)), '0', '-'), replace(hex(zeroblob(20000)), '0', 'b')"
    " || '-'))",
    "json_patch": f"{MANY} SELECT length(json_patch({_KEYS}, {_OTHERS})) FROM n",
    "jsonb_patch": f"{MANY} SELECT length(jsonb_patch({_KEYS}, {_OTHERS})) FROM n",
    "json_extract": f"SELECT length(json_extract({_LIST}{_LAST}))",
    "json_remove": f"SELECT length(json_remove({_LIST}{_LAST}))",
    "json_set": f"SELECT length(json_set({_LIST}{_LAST_SET}))",
    "json_replace": f"SELECT length(json_replace({_LIST}{_LAST_SET}))",
    "json_insert": f"SELECT length(json_insert({_LIST}{_LAST_SET}))",
    "match": "SELECT count(*) FROM written_fts WHERE written_fts MATCH"
    " 'a' || replace(hex(zeroblob(100000)), '00', ' OR a*')",
}
# SQLite looks at the clock between the steps of these.
LONG = {
    "endless": f"{ENDLESS} SELECT count(*) FROM n",
    "cross join": f"{MANY} SELECT count(*) FROM n AS a, n AS b, n AS c",
    "group_concat": f"{ENDLESS} SELECT length(group_concat(i % 2)) FROM n",
    "substr": f"{ENDLESS}, t(s) AS (SELECT {_a(5_000_000)}) SELECT sum(unicode(substr(s, 4999990, 2))) FROM t, n",
    "json_each": "WITH o(j) AS (SELECT '[' || replace(hex(zeroblob(1000000)), '00', '[],') || '1]')"
    " SELECT count(*) FROM o, json_each(j) AS a, json_each(j) AS b",
    "window": f"{MANY} SELECT sum(x) FROM (SELECT max(i) OVER (ORDER BY -i ROWS BETWEEN UNBOUNDED PRECEDING"
    " AND CURRENT ROW EXCLUDE TIES) AS x FROM n)",
    "dates": f"{ENDLESS} SELECT sum(unixepoch('2020-01-01', (i % 9) || ' days')) FROM n",
    "a list": f"SELECT count(*) FROM written WHERE words IN ({ENDLESS} SELECT i % 9 || '' FROM n)",
}
TOO_LARGE = {
    "zeroblob": "SELECT zeroblob(500000000)",
    "hex": "SELECT length(hex(hex(hex(hex(zeroblob(10000000))))))",
    "printf": "SELECT printf('%.*c', 300000000, 'x')",
    "printf with widths": "SELECT length(printf('%*s%*s', 90000000, 'x', 90000000, 'y'))",
    "quote": "SELECT length(quote(quote(quote(replace(hex(zeroblob(10000000)), '0', '''')))))",
    "soundex": "SELECT soundex(replace(hex(zeroblob(100000000)), '0', '1'))",
    "strftime": "SELECT length(strftime(replace(hex(zeroblob(10000000)), '00', '%J'), 'now'))",
    "upper": f"SELECT length(upper(lower({_a(100_000_000)})))",
    "json_pretty": "SELECT length(json_pretty(replace(hex(zeroblob(450)), '00', '[')"
    f" || replace(hex(zeroblob(450)), '00', ']'), {_a(500_000)}))",
    "order by": f"{MANY}, t(s) AS (SELECT {_a(1_000_000)}) SELECT count(*) FROM (SELECT s || i AS x FROM t, n"
    " ORDER BY x)",
    "doubled": "WITH RECURSIVE x(s) AS (SELECT 'a' UNION ALL SELECT s || s FROM x) SELECT s FROM x LIMIT 30",
    "large rows": f"{ENDLESS} SELECT hex(zeroblob(1000000)) FROM n",
    "json_valid": "SELECT json_valid(replace(hex(zeroblob(100000000)), '0', '['))",
}
