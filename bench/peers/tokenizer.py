"""Writes a small tokenizer of our own, so that peers need none from the network. usage: python tokenizer.py FOLDER"""

import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(
    vocab_size=600, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<eos>"]
)
with open(__file__, encoding="utf8") as text:
    tokenizer.train_from_iterator([text.read(), "the quick brown fox jumps over a lazy dog. and then runs away, far"] * 3, trainer)
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>", bos_token="<eos>", pad_token="<eos>")
fast.chat_template = "{% for message in messages %}{{ message.content }}{% endfor %}"
fast.save_pretrained(sys.argv[1])
