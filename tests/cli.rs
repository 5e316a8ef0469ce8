//! The binary as a user meets it: commands in a fresh folder, exit codes, files and messages.

#[path = "cli/bad_input.rs"]
mod bad_input;
#[path = "cli/compare.rs"]
mod compare;
#[path = "cli/corpora.rs"]
mod corpora;
#[path = "cli/crash/mod.rs"]
mod crash;
#[path = "cli/folder.rs"]
mod folder;
#[path = "cli/fusion.rs"]
mod fusion;
#[path = "cli/notebooks.rs"]
mod notebooks;
#[path = "cli/page.rs"]
mod page;
#[path = "cli/reproduce.rs"]
mod reproduce;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/scale.rs"]
mod scale;
#[path = "cli/sweep.rs"]
mod sweep;
#[path = "cli/tables.rs"]
mod tables;
