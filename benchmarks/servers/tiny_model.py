"""Write a language model of a few kilobytes that says nonsense and comes to an end.

    python tiny_model.py FILE.gguf

It is of the llama architecture: one layer, random weights of a fixed seed, a vocabulary of bytes
and printable ASCII characters. Runs where `gguf` is installed.
"""

from __future__ import annotations

import sys

import gguf  # type: ignore[import-not-found]
import numpy as np

SEED = 5
WIDTH = 64
HEADS = 4
INNER = 128
CONTEXT = 32_768
SPACE = "\u2581"  # how the tokenizer writes it
SPECIAL = ("<unk>", "<s>", "</s>")
CHARACTERS = [SPACE, *map(chr, range(33, 127))]
TOKENS = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *CHARACTERS]
TEMPERATURE = 0.2  # what the server samples with where it is told nothing
LIKELY = {'"': 3.0, "{": 4.5, "]": 4.0, "}": 3.0, "</s>": 4.0}
"""The logarithm of how much likelier than others these are: what was begun is to end some time."""


def write(path: str) -> None:
    """The file holds the model."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(TOKENS))
    _tokenizer(writer)
    _weights(writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _tokenizer(writer: gguf.GGUFWriter) -> None:
    kinds = gguf.TokenType
    types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL]
    types += [kinds.BYTE] * 256 + [kinds.NORMAL] * len(CHARACTERS)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(TOKENS)
    writer.add_token_scores([0.0] * len(TOKENS))
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(
        "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}"
        "assistant: "
    )


def _weights(writer: gguf.GGUFWriter) -> None:
    chance = np.random.default_rng(SEED)

    def random(*shape: int, scale: float = 0.1) -> np.ndarray:
        return (chance.standard_normal(shape) * scale).astype(np.float32)

    # The first dimension is the same for all tokens, so what the output makes of it is a constant.
    embedding, output = (
        random(len(TOKENS), WIDTH, scale=1.0),
        random(len(TOKENS), WIDTH, scale=0.02),
    )
    embedding[:, 0] = WIDTH**0.5
    output[:, 0] = 0.0
    for token, by in LIKELY.items():
        output[TOKENS.index(token), 0] = by * TEMPERATURE / (WIDTH / 2) ** 0.5
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output.weight", output)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(WIDTH, np.float32))
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", random(WIDTH, WIDTH))
    for name in ("ffn_gate", "ffn_up"):
        writer.add_tensor(f"blk.0.{name}.weight", random(INNER, WIDTH))
    writer.add_tensor("blk.0.ffn_down.weight", random(WIDTH, INNER))


if __name__ == "__main__":
    write(sys.argv[1])
