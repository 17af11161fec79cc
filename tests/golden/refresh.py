"""`make golden`: rewrites the golden files; a person reads the diff."""

from tests.golden.rooms import FOLDER, outputs


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    wanted = outputs()
    for path in FOLDER.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(wanted)} golden files in {FOLDER.name}; read the diff before you commit it")


if __name__ == "__main__":
    main()
