//! From an operation and flat arguments to an HTTP request.
