//! Tells the crate which commit it was built from, for the record of each run.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=Cargo.lock");
    // A path that is missing would count as changed on every build, as in the copy that notebooks are built from.
    if Path::new(".git/HEAD").exists() {
        println!("cargo:rerun-if-changed=.git/HEAD");
    }
    if let Some(commit) = git(&["rev-parse", "HEAD"]) {
        println!("cargo:rustc-env=INTONE_GIT_COMMIT={}", commit.trim());
    }
    // What differs from the commit in anything that is compiled in.
    if let Some(diff) = git(&["diff", "HEAD", "--", "src", "templates", "Cargo.toml", "Cargo.lock"]).filter(|diff| !diff.is_empty()) {
        println!("cargo:rustc-env=INTONE_GIT_DIFF={}", fnv1a(diff.as_bytes()));
    }
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A short name for a difference; it need not withstand an attacker.
fn fnv1a(bytes: &[u8]) -> String {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
