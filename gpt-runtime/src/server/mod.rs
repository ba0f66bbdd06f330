//! Serves a GPT over HTTP: a page, and an API with the same powers.
