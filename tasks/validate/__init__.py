"""validate: the contracts, enforced on the rows of one run before anyone can read them.

    staged Parquet of a run  ->  checks, check_examples, quarantine + which documents are refused + may we publish

Two engines judge. Our own SQL, derived from the contracts, reads each table in one scan that counts what breaks each promise and keeps
the extremes of each promised value; where a promise is broken it finds every failing row with its key, and so knows which document is
refused. Great Expectations, derived from the same check objects, judges the extremes (the least and the greatest, the shortest and the
longest, each word of a closed list, a NULL if any) and every row that broke a promise. Counts that differ are a failed check of their
own: an engine that silently did nothing can never pass for a clean run. A second scan of all rows by Great Expectations cost as much as
the first and could not have found anything that these few values do not show. Promises in SQL, and those about a whole table, are searched
once and handed over as verdicts: the second engine would run the same SQL.

Cost, by `python -m benchmarks.validation`: below a tenth of the run (it prints both shares, of CPU and of the clock). What made it so:
one scan of a table for all its promises about rows; limits that a parent sets are compared once for each parent (`Reach`); a promise
about a table may have a cheap `proof` that spares the search (keys by the order of their rows, law A by sums of hashes); references
look up each value once. Checks wait for the workers' last batch: on the cores that the workers keep busy, checking beside them would
only take turns with them.

Who refuses what
    a critical failure of a row                   its document leaves all tables; the rest is checked again
    a broken key, reference or law of a table     the same where the failing rows belong to documents; blocks where they do not,
                                                  or where the failure is still there without those documents
    more than 5 % and at least 20 documents       blocks (`max_refused_share`, `min_refused_documents`)
    a check that could not be run (`errored`)     blocks when the check is critical: what was not looked at is not known to be right
    a warning, a history check                    is reported

How to call it (the child imports Great Expectations while others work, so open it early)

    with Validator() as validator:                        # tasks.validate.process; spawns one process
        ...                                               # batches run
        result = validator.check(CheckRequest(            # tasks.validate.request; blocks until the answer is there
            run_id=7,
            files={"documents": ("/w/staging/….parquet",), …},      # rows to check, by table; absolute paths
            context={"documents": (…,)},                  # committed files of the same batches that this run did not recompute
            published="/w/warehouse-6.duckdb",            # None in an empty warehouse
            replaced_files=("<file_id>", …),              # contents of which this run replaces published rows
        ))
    result.checks, result.check_examples, result.quarantine    # pa.Table, exactly as TABLES[...].arrow
    result.refused          {doc_id: reason}              leave all tables together
    result.refused_articles {article_id: doc_id}          the same set, for tables that only know the article
    result.refused_files    {doc_id: file_id}             to find the batch that must write them down
    result.blocked, result.reason                         may the run be published; one sentence if not
    result.timings          {step: seconds}

Modules: request (what is asked and answered), stage (pure: which SQL), history (pure: figures against earlier runs), runner (DuckDB),
expectations (Great Expectations; imported by the child only), imports (makes that import cheaper), process (Validator), task (Prefect).
"""
