"""The network of MiniLM-L6-v2 as an ONNX graph, made from its weights.

The layers are those of BERT (Devlin et al., arXiv:1810.04805) with 384 hidden units, 12 heads and
six layers, followed by the mean over the tokens and a normalisation to length one, as
sentence-transformers declares for this model. Texts of one batch have the same number of tokens,
so nothing is padded and nothing is masked. The fused operators are those of ONNX Runtime.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.onnx_ml_pb2 import NodeProto
from onnx.onnx_ml_pb2 import TensorProto as Tensor

LAYERS = 6
HEADS = 12
HIDDEN = 384
EPSILON = 1e-12
FUSED = "com.microsoft"
OPSET = 18
IR_VERSION = 9

Weights = Mapping[str, Any]


class _Graph:
    """Collects nodes and constants; ``node`` returns the name of what the node yields."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: list[Tensor] = []

    def constant(self, array: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        output = f"n{len(self.nodes)}"
        self.nodes.append(
            helper.make_node(operator, [*inputs], [output], domain=domain, **attributes)
        )
        return output


def serialized(weights: Weights) -> bytes:
    """Return the model: token ids (batch, tokens) and positions (tokens) to (batch, 384)."""
    graph = _Graph()
    hidden = _embedded(graph, weights)
    for layer in range(LAYERS):
        hidden = _layer(graph, weights, f"encoder.layer.{layer}.", hidden)
    mean = graph.node("ReduceMean", hidden, graph.constant(np.array([1])), keepdims=0)
    unit = graph.node("LpNormalization", mean, axis=-1, p=2)
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["batch", "tokens"]),
        helper.make_tensor_value_info("positions", TensorProto.INT64, ["tokens"]),
    ]
    outputs = [helper.make_tensor_value_info(unit, TensorProto.FLOAT, ["batch", HIDDEN])]
    made = helper.make_graph(graph.nodes, "minilm", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    model = helper.make_model(made, opset_imports=opsets)
    model.ir_version = IR_VERSION
    return bytes(model.SerializeToString())


def _embedded(graph: _Graph, weights: Weights) -> str:
    words = graph.constant(weights["embeddings.word_embeddings.weight"])
    places = graph.constant(weights["embeddings.position_embeddings.weight"])
    kind = graph.constant(weights["embeddings.token_type_embeddings.weight"][0])
    told = graph.node(
        "Add", graph.node("Gather", words, "ids"), graph.node("Gather", places, "positions")
    )
    scale = graph.constant(weights["embeddings.LayerNorm.weight"])
    shift = graph.constant(weights["embeddings.LayerNorm.bias"])
    summed = graph.node("Add", told, kind)
    return graph.node("LayerNormalization", summed, scale, shift, epsilon=EPSILON, axis=-1)


def _layer(graph: _Graph, weights: Weights, prefix: str, hidden: str) -> str:
    parts = [f"{prefix}attention.self.{name}" for name in ("query", "key", "value")]
    joined = graph.constant(np.concatenate([weights[f"{part}.weight"] for part in parts]).T)
    bias = graph.constant(np.concatenate([weights[f"{part}.bias"] for part in parts]))
    attended = graph.node("Attention", hidden, joined, bias, domain=FUSED, num_heads=HEADS)
    mixed = _joined(graph, weights, f"{prefix}attention.output.", attended, hidden)
    widened = graph.node(
        "MatMul", mixed, graph.constant(weights[f"{prefix}intermediate.dense.weight"].T)
    )
    shift = graph.constant(weights[f"{prefix}intermediate.dense.bias"])
    active = graph.node("BiasGelu", widened, shift, domain=FUSED)
    return _joined(graph, weights, f"{prefix}output.", active, mixed)


def _joined(graph: _Graph, weights: Weights, prefix: str, inner: str, skipped: str) -> str:
    """Project, add what was skipped, and normalise."""
    dense = graph.constant(weights[f"{prefix}dense.weight"].T)
    scale = graph.constant(weights[f"{prefix}LayerNorm.weight"])
    shift = graph.constant(weights[f"{prefix}LayerNorm.bias"])
    bias = graph.constant(weights[f"{prefix}dense.bias"])
    return graph.node(
        "SkipLayerNormalization",
        graph.node("MatMul", inner, dense),
        skipped,
        scale,
        shift,
        bias,
        domain=FUSED,
        epsilon=EPSILON,
    )
