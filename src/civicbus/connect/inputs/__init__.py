"""The ways in which a department's changes reach its connector by themselves, one file each.

Each way in is an asynchronous generator of batches (`batches.Batches`), made by `opening.opened`.
"""
