"""The engine: Faust in blocks over RocksDB dossiers.

`transport` hands Faust blocks, `indexer` turns a block into dossier entries, `partition_store` and
`layout` keep them, `ownership` knows what is ours and ready, `routing` and `peers` find the rest,
`node` puts it together.
"""
