"""validate: the contracts, enforced on the rows of one run before anyone can read them.

    staged Parquet of a run  ->  checks, check_examples, quarantine + which documents are refused + may we publish

Two engines look at the same rows. Our own SQL, derived from the contracts, finds every failing row with its key and so knows which
document is refused; Great Expectations, derived from the same check objects, counts the failing rows again. Counts that differ are
a failed check of their own: an engine that silently did nothing can never pass for a clean run.

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
