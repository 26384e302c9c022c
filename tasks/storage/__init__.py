"""storage: the only modules that open files or databases.

Public interface, by module (all paths may be str or Path; Layout.of(root) makes one absolute):

records         Source, Job, FileRecord, BatchRecord, Receipt, Delta, State; STAGES, SCHEMA_VERSION   (batch ids: schemas.ids.batch_id)
layout          Layout.of(root): .path(record) .batch_staging(batch_id) .run_staging(run_id) .generation(n) .make() ...
lock            writer_lock(layout) -> context manager; raises WarehouseBusy
parquet         write_table(path, table) -> (rows, bytes, sha256); read_table(paths, columns=None) -> pa.Table
                staged(layout, folder, table_name, stage, table) -> FileRecord | None     (None for a table without rows)
contents        write_contents(layout, folder, {file_id: bytes}) -> FileRecord; fetch(layout, state, file_id) -> bytes
                read_batch(layout, batch) -> pa.Table (contract `contents`); iterate(layout, state) -> (file_id, bytes)
receipts        write_receipt(layout, receipt); adopt(layout, job) -> Receipt | None; discard(layout, batch_id); waiting(layout) -> Receipts
doubt           blamed, doubt, take_back: finished batches whose rows the checks found broken are computed again, once
manifests       load_state(layout) -> State; raises BrokenWarehouse                               for whoever reads
mend            opened(layout) -> (State, [what was mended or migrated])                          for whoever writes, under the lock
                examined(layout, state, stale) -> [Damage]; mend(layout, state, damages) -> Mended(state, said, stale, untouched)
damage          looked_over, read_over, set_aside, first_stage: files that are not what their record says
journal         the second copy of the manifests, log/manifests.jsonl
migrate         migrate(layout, state) -> (State, said): an older schema version becomes this one, in one commit; STEPS
commit          assemble(layout, receipt, previous, refused={doc_id: reason}) -> BatchRecord     takes refused documents out
                run_table(layout, run_id, table_name, pa.Table) -> FileRecord | None     runs, checks, arrival_events ...
                commit(layout, state, delta) -> State                                             all of it, or nothing
publish         needs_publication(layout, state) -> bool; publish(layout, state, *, rebuild, threads, keep=3) -> Publication
                state.generation is the number that is published: reserve it in the commit: Delta(generation=state.generation + 1)
reader          open_published(root, generation=None) -> duckdb connection, read-only and locked; current_path(root) -> Path
fingerprints    fingerprints(settings={}) -> {"decode","clean","enrich","validate"}; stale_from(batch, current) -> stage | None
verify          verify(root, deep=True) -> list[Finding(kind, message, batch_id, path, next_step)]
backup          backup(layout, state, target) -> Backup, under the lock; backup_beside(layout, target) beside a writer
restore         restore_bytes(root, id) -> bytes                     id of a file or a document
forget          forget(layout, state, file_id, now) -> State         the caller holds the lock; publishes and removes older generations
sweep           sweep_when_due(layout, state); remove_orphans(layout, state, min_age_s=a day) -> [Path]; empty_staging(layout); orphans
runlog          append(layout, entry), entries(layout) -> list[dict], next_run_id(layout, state) -> int
progress        write_progress(layout, dict), read_progress(layout) -> dict | None, clear_progress(layout)
arrivals        current_arrivals(layout, state) -> {uri: file_id}    names that hold a content now; for the plan
known           Known.load(layout): .file_id(uri, stat) -> str | None; .remember(uri, stat, file_id, hashed_at_ns); .forget(uri); .save()
compare         compare(root, old=None, new=None, examples=5) -> Comparison
"""
