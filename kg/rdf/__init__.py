"""Claims to triples and back: vocabulary, IRIs, encoding, decoding, validation."""
