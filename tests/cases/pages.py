"""Rows that a pager could lose, and addresses with a mistake behind the question mark."""

from __future__ import annotations

from typing import NamedTuple

# Written answers as keys of an order: what separates or escapes keys in an address, and what is equal or missing.
SORT_KEYS = [
    *("", "a", "a", "a,b", ",", "~", "~2C", "$null", "$row", "%2C", "a;b", "a b", "ä", "Ä", "好", "😀"),
    *("\u202eabc", "null", "0", "-1", "1e3", "x" * 3_000, "好" * 3_000, "a\nb", "'", '"', "]", "\u00a0", "+"),
]
NUMBERS = [None, 0, -1, 0.1, 0.30000000000000004, 1e15, 1e-7, 3, 3, 3]


class Mistake(NamedTuple):
    """A query string of a table, and words of the answer."""

    query: str
    words: str


MISTAKES = [
    Mistake("_sort=bad", "There is no column bad to sort by."),
    Mistake("_sort_desc=bad", "There is no column bad to sort by."),
    Mistake("_sort=received&_sort_desc=received", "upwards or downwards"),
    Mistake("_facet=bad", "There is no column bad."),
    Mistake("_facet_array=bad", "There is no column bad."),
    Mistake("_facet_date=bad", "There is no column bad."),
    Mistake("_facet={", "cannot be read"),
    Mistake("_facet_array=note", "holds no lists"),
    Mistake("_next=garbage", ""),
    Mistake("_next=", ""),
    Mistake("_next=a,b,c,d,e,f", ""),
    Mistake("_next=$row,nobody&_sort=note", "no longer here"),
    Mistake("_next=$row,a,b,c&_sort=note", "no longer here"),
    Mistake("_size=-1", "_size must be a positive integer"),
    Mistake("_size=abc", "_size must be a positive integer"),
    Mistake("_size=9999", "_size must be"),
    Mistake("_size=1e3", "_size must be a positive integer"),
    Mistake("_size=0", ""),
    Mistake("_col=bad", "invalid columns"),
    Mistake("_nocol=bad", "invalid columns"),
    Mistake("_nocol=received", ""),
    Mistake("_nocol=received&_labels=on", ""),
    Mistake("_col=note", ""),
    Mistake("_where=bad", "no such column: bad"),
    Mistake("_where=(", "syntax error"),
    Mistake("_where=received=:x", ""),
    Mistake("_where=load_extension('x')", "not authorized"),
    Mistake("_where=abs(-9223372036854775808)", "integer overflow"),
    Mistake("_search_bad=x", "cannot be searched"),
    Mistake("_search=x", "Search in the table written"),
    Mistake("_search=x&_fts_table=bad", ""),
    Mistake("_search=x&_fts_table=written_fts&_fts_pk=bad", ""),
    Mistake("_timelimit=x", "cannot be read"),
    Mistake("_timelimit=-1", ""),
    Mistake("_through={", "cannot be read"),
    Mistake('_through={"table":"x","column":"y","value":"z"}', ""),
    Mistake('_through={"table":"written","column":"bad","value":"z"}', ""),
    Mistake("_through=[]", "cannot be read"),
    Mistake("_label=bad", ""),
    Mistake("_labels=maybe", ""),
    Mistake("_shape=bad", ""),
    Mistake("_json=bad", ""),
    Mistake("_facet_size=bad", ""),
    Mistake("_trace=1", ""),
    Mistake("_ttl=x", ""),
    Mistake("_fts_table=", ""),
    Mistake("note__badop=1", "no comparison badop"),
    Mistake("bad=1", "There is no column bad."),
    Mistake("bad__gt=1", "There is no column bad."),
    Mistake("note__in=[", "cannot be read"),
    Mistake("note__in={}", ""),
    Mistake("note__arraycontains=1", "malformed JSON"),
    Mistake("received__gt=" + "9" * 30, "cannot be read"),
    Mistake("note__like=" + "%a" * 10_000, ""),
    Mistake("_filter_column=bad&_filter_op=exact&_filter_value=1", ""),
    Mistake("_filter_column=note&_filter_op=bad&_filter_value=1", ""),
    Mistake("_sort_by_desc=on", ""),
    Mistake("_sort_by_desc=on&_sort=received", ""),
    Mistake("%00=1", ""),
    Mistake("note=%00", ""),
    Mistake("note=%FF%FE", ""),
    Mistake("note=%ED%A0%80", ""),
    Mistake("_next=%00", ""),
    Mistake("]=1", ""),
    Mistake('"=1', ""),
]
QUERIES = [
    Mistake("sql=select", "incomplete input"),
    Mistake("sql=select+*+from+nowhere", "no such table"),
    Mistake("sql=delete+from+clients", "Statement must be a SELECT"),
    Mistake("sql=select+'", "unrecognized token"),
    Mistake("sql=select+:a", ""),
    Mistake("sql=select+?", ""),
    Mistake("sql=select+1;select+2", ""),
    Mistake("sql=select+*+from+pragma_database_list", "not authorized"),
    Mistake("sql=select+1&_timelimit=x", "cannot be read"),
    Mistake("sql=select+x'00'", ""),
    Mistake("sql=with+recursive+n(i)+as+(select+1+union+all+select+i%2B1+from+n)+select+count(*)+from+n", "too long"),
    Mistake("sql=select+json('{')", "malformed JSON"),
    Mistake("sql=%00", ""),
    Mistake("sql=select+%27%ED%A0%80%27", ""),
    Mistake("sql=" + "(" * 2_000, ""),
]
