//! The live page's server as programs meet it: over HTTP and WebSocket, in this process and as the real binary.

#[path = "web/equal.rs"]
mod equal;
#[path = "web/files.rs"]
mod files;
#[path = "web/guard.rs"]
mod guard;
#[path = "web/hostile.rs"]
mod hostile;
#[path = "web/life.rs"]
mod life;
#[path = "web/live.rs"]
mod live;
#[path = "web/predict.rs"]
mod predict;
#[path = "web/support.rs"]
mod support;
