//! The generated packages of a template: the dylib that re-exports the crate, and the package that stands for a cell.

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

/// cargo's configuration above the cells: dependencies as in the project's release profile, cells not optimised at all.
///
/// evcxr has one optimisation level for both; a configuration file in a parent folder wins over the manifest that it writes.
pub fn cargo_config(manifest: &Table) -> String {
    let mut all = Table::new();
    all.insert("opt-level".into(), Value::from(3));
    all.insert("debug-assertions".into(), Value::from(false));
    all.insert("overflow-checks".into(), Value::from(false));
    let mut packages = Table::new();
    packages.insert("*".into(), Value::Table(all));
    let release = manifest.get("profile").and_then(|profile| profile.get("release")).and_then(|release| release.get("package"));
    for (name, settings) in release.and_then(Value::as_table).into_iter().flatten() {
        if let Some(level) = settings.get("opt-level") {
            let mut own = Table::new();
            own.insert("opt-level".into(), level.clone());
            packages.insert(name.clone(), Value::Table(own));
        }
    }
    let mut dev = Table::new();
    dev.insert("opt-level".into(), Value::from(0));
    dev.insert("package".into(), Value::Table(packages));
    let mut profile = Table::new();
    profile.insert("dev".into(), Value::Table(dev));
    let mut config = Table::new();
    config.insert("profile".into(), Value::Table(profile));
    config.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_profile_is_taken_over() {
        let manifest: Table = "[profile.release.package]\npolars = { opt-level = 1 }\n".parse().unwrap();
        let config: Table = cargo_config(&manifest).parse().unwrap();
        let packages = config["profile"]["dev"]["package"].as_table().unwrap();
        assert_eq!(packages["polars"]["opt-level"].as_integer(), Some(1));
        assert_eq!(packages["*"]["opt-level"].as_integer(), Some(3));
        assert_eq!(config["profile"]["dev"]["opt-level"].as_integer(), Some(0));
    }
}
