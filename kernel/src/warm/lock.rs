//! The versions of a template are those of the project's lock file, to the checksum.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result, bail};
use toml::Table;

/// Generated packages, which no lock file of the project names.
const GENERATED: [&str; 2] = ["ctx", "intone-notebook"];

type Locked = (String, String, Option<String>);

/// Refuses a lock file that differs from the project's in any name, version or checksum.
///
/// # Errors
///
/// The packages that the project's lock file does not have.
pub fn compare(project: &Path, built: &Path) -> Result<()> {
    let (ours, theirs) = (packages(project)?, packages(built)?);
    let strangers: Vec<String> = theirs.difference(&ours).map(|(name, version, _)| format!("{name} {version}")).collect();
    if !strangers.is_empty() {
        bail!("cargo resolved other versions than {} has: {}", project.display(), strangers.join(", "));
    }
    Ok(())
}

fn packages(path: &Path) -> Result<BTreeSet<Locked>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lock: Table = text.parse().with_context(|| format!("cannot parse {}", path.display()))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("a lock file without packages")?;
    let text = |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    Ok(packages
        .iter()
        .filter_map(|package| Some((text(package, "name")?, text(package, "version")?, text(package, "checksum"))))
        .filter(|(name, ..)| !GENERATED.contains(&name.as_str()))
        .collect())
}
