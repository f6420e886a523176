"""The engine: Faust in blocks over RocksDB dossiers.

In: `transport` hands Faust blocks, `indexer` turns a block into dossier entries, `probe` asks the
broker about gaps, `quarantine` puts refused records away, `marks` keeps their places in dossiers.
Kept: `partition_store`, `store`, `layout`, `topic_state`.
Whose: `ownership` knows what is ours and ready, `routing`, `peers` and `peer_routes` find the
rest, `raw` carries dossiers, `sweep_*` and `sweeps` answer whole lists.
Looked after: `watchdog`, `pace`, `snapshot`; `digest`, `replica`, `rebuild`, `verify`, `checking`
hold stores to the topics; `held` and `replay` let quarantined records in.
`app`, `beside` and `node` put it together.
"""
