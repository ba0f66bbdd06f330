//! Tests of the example: real HTTP on the loopback interface, the clock in the test's hand.

mod client;
mod conversation;
mod oauth;
mod pages;
mod returns;
mod sign_in;
mod stage;
