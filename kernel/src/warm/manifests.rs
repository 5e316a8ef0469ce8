//! The generated packages of a template: the dylib that re-exports the crate, and the package that stands for a cell.

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// What the session's package depends on, as evcxr writes it from `:dep`.
pub const DEPENDENCY: &str = "intone";

/// The dependency's value in the session's manifest.
pub fn dependency(dylib_folder: &str) -> String {
    format!("{{ package = \"intone-notebook\", path = {} }}", Value::from(dylib_folder))
}

/// The manifest of the dylib.
pub fn dylib(project_folder: &str) -> String {
    format!(
        "[package]\nname = \"intone-notebook\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [lib]\nname = \"intone_notebook\"\npath = \"src/notebook.rs\"\ncrate-type = [\"dylib\"]\n\n\
         [dependencies]\nlibrary = {{ package = \"intone\", path = {}, default-features = false }}\n\n[workspace]\n",
        Value::from(project_folder)
    )
}

/// The library of the dylib.
pub const DYLIB_SOURCE: &str = include_str!("dylib.rs");

/// The manifest of a cell's package, exactly as evcxr writes it for the same dependencies, so that cargo finds everything fresh.
pub fn cell(dependencies: &str, opt_level: &str) -> String {
    format!(
        "\n[package]\nname = \"ctx\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\n[lib]\ncrate-type = [\"cdylib\"]\npath = \"src/lib.rs\"\n\n\
         [profile.dev]\nopt-level = {opt_level}\ndebug = false\nstrip = \"debuginfo\"\nrpath = true\nlto = false\ndebug-assertions = true\n\
         codegen-units = 16\npanic = 'unwind'\nincremental = true\noverflow-checks = true\n\n[dependencies]\n{dependencies}\n"
    )
}

/// Which settings of the project's manifest the crate and its dependencies are built with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// Optimised: cells that compute are fast
    #[default]
    Release,
    /// As for the project's tests: built sooner, slower in use
    Dev,
}

impl Profile {
    /// As in the manifest and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    /// The optimisation level where the manifest names none, as cargo has it.
    fn opt_level(self) -> Value {
        Value::from(match self {
            Self::Release => 3,
            Self::Dev => 0,
        })
    }
}

/// cargo's configuration above the cells: the crate and its dependencies as in a profile of the project, cells not optimised at all.
///
/// evcxr has one optimisation level for both; a configuration file in a parent folder wins over the manifest that it writes.
pub fn cargo_config(manifest: &Table, profile: Profile) -> String {
    let settings = manifest.get("profile").and_then(|profiles| profiles.get(profile.name())).and_then(Value::as_table);
    let own = settings.and_then(|settings| settings.get("opt-level")).cloned().unwrap_or_else(|| profile.opt_level());
    let named = settings.and_then(|settings| settings.get("package")).and_then(Value::as_table).into_iter().flatten();
    let mut packages = Table::from_iter([("*".to_owned(), opt_level(own.clone())), (DEPENDENCY.to_owned(), opt_level(own))]);
    packages.extend(named.filter_map(|(name, package)| Some((name.clone(), opt_level(package.get("opt-level")?.clone())))));
    if let Some(Value::Table(all)) = packages.get_mut("*") {
        all.insert("debug-assertions".into(), Value::from(false));
        all.insert("overflow-checks".into(), Value::from(false));
    }
    let mut dev = Table::from_iter([("opt-level".to_owned(), Value::from(0)), ("package".to_owned(), packages.into())]);
    if let Some(lto) = settings.and_then(|settings| settings.get("lto")) {
        dev.insert("lto".into(), lto.clone());
    }
    Table::from_iter([("profile".to_owned(), Table::from_iter([("dev".to_owned(), dev.into())]).into())]).to_string()
}

fn opt_level(level: Value) -> Value {
    Table::from_iter([("opt-level".to_owned(), level)]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packages_of(manifest: &str, profile: Profile) -> Table {
        let config: Table = cargo_config(&manifest.parse().unwrap(), profile).parse().unwrap();
        assert_eq!(config["profile"]["dev"]["opt-level"].as_integer(), Some(0), "cells are not optimised");
        config["profile"]["dev"]["package"].as_table().unwrap().clone()
    }

    #[test]
    fn the_release_profile_is_taken_over() {
        let packages = packages_of("[profile.release.package]\npolars = { opt-level = 1 }\n", Profile::Release);
        assert_eq!(packages["polars"]["opt-level"].as_integer(), Some(1));
        assert_eq!(packages["*"]["opt-level"].as_integer(), Some(3));
        assert_eq!(packages["intone"]["opt-level"].as_integer(), Some(3));
    }

    #[test]
    fn so_is_the_dev_profile_when_asked_for() {
        let manifest = "[profile.dev]\nopt-level = 1\nlto = \"off\"\n[profile.dev.package.\"*\"]\nopt-level = 0\n\
                        [profile.dev.package]\nndarray = { opt-level = 3 }\n[profile.release.package]\npolars = { opt-level = 1 }\n";
        let packages = packages_of(manifest, Profile::Dev);
        assert_eq!(packages["ndarray"]["opt-level"].as_integer(), Some(3));
        assert_eq!(packages["*"]["opt-level"].as_integer(), Some(0));
        assert_eq!(packages["intone"]["opt-level"].as_integer(), Some(1));
        assert!(!packages.contains_key("polars"));
        let config: Table = cargo_config(&manifest.parse().unwrap(), Profile::Dev).parse().unwrap();
        assert_eq!(config["profile"]["dev"]["lto"].as_str(), Some("off"));
    }
}
