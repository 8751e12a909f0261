"""`python -m tests.media_corpus DIR [--check]`"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import django


def main() -> int:
    """Write the corpus; with `--check` say what is otherwise than expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.media_corpus", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--check", action="store_true", help="ask the probe and the analyser about each file")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()  # refusals have words
    from tests.media_corpus.items import differences, items

    options.directory.mkdir(parents=True, exist_ok=True)
    count = wrong = 0
    for item in items():
        path = options.directory / item.name
        item.make(path)
        path.with_name(item.name + ".json").write_text(json.dumps(item.expected, indent=1) + "\n")
        count += 1
        if options.check and (found := differences(path, item.expected)):
            wrong += 1
            print(f"{item.name}: {'; '.join(found)}")
    print(f"{count} files" + (f", {wrong} otherwise than expected" if options.check else ""))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
