"""4. Bytes a message takes on disk, with its indexes, after live imports."""

from benchmarks.measure import Report
from benchmarks.surroundings import as_superuser


def storage(run) -> Report:
    """The section. run: benchmarks.run.Run."""
    run.main()
    parts = as_superuser(
        run.var_dir,
        "SELECT pg_relation_size('conversations_message'), pg_indexes_size('conversations_message'),"
        " (SELECT count(*) FROM conversations_message), (SELECT avg(octet_length(text)) FROM conversations_message)",
    )[0]
    heap, indexes, messages, text = map(float, parts)
    report = Report("Storage")
    report.add("bytes per message, table and indexes", (heap + indexes) / messages, 300)
    report.add("of these the table", heap / messages)
    report.add("of these the indexes", indexes / messages)
    report.add("of the table the text itself", text)
    facts = as_superuser(
        run.var_dir,
        "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE c.relname IN ('kpis_buyerday',"
        " 'kpis_chatsession', 'kpis_round', 'kpis_orderfact', 'kpis_inquiry', 'kpis_agentday') AND c.relkind = 'r'",
    )[0][0]
    report.add("facts and rollups beside it, bytes per message", float(facts) / messages)
    report.notes.append(
        f"{messages:,.0f} messages, grown by imports of 20,000 rows, not rebuilt or reindexed"
    )
    return report
