"""python -m benchmarks.page_model: train the model of lines and write tasks/clean/furniture/model.json."""

from __future__ import annotations

from benchmarks.page_model.train import to_json, trained_without
from benchmarks.pages import PROJECT


def main() -> None:
    path = PROJECT / "tasks" / "clean" / "furniture" / "model.json"
    path.write_text(to_json(trained_without()), "utf-8")
    print(f"wrote {path.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
