"""A corpus of media made by script: containers, codings, sizes, rotations, lengths, looks, sounds, and ways to be broken.

`python -m tests.media_corpus DIR` writes every file with what is expected of it beside it (`.json`); `--check` also asks
the probe and the analyser about each.
"""
