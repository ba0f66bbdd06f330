//! How requests of actions are signed.
