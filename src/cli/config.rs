//! `intone config`: what an experiment file can say.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use intone::experiment::{load, schema, sweep};

use super::exit::{Done, Failure};
use super::print;

/// Arguments of `intone config`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print every setting with its default
    Defaults,
    /// Check an experiment file
    Check {
        /// The experiment file
        file: PathBuf,
        /// Set a value, as if it stood in the file
        #[arg(long = "set", value_name = "KEY=VALUE")]
        set: Vec<String>,
    },
    /// Print the JSON schema of experiment files
    Schema,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    match &arguments.action {
        Action::Defaults => print(load::DEFAULTS),
        Action::Check { file, set } => {
            let declared = sweep::load(file, set)?;
            let runs = declared.sweep.map_or_else(String::new, |sweep| {
                let runs: Vec<String> = sweep.variants.iter().map(|run| format!("  {}  {}\n", run.config.name, run.label)).collect();
                format!("its {} sweep begins with {} runs:\n{}", sweep.settings.method.name(), runs.len(), runs.concat())
            });
            print(&format!("{}: experiment {:?} is in order\n{runs}", file.display(), declared.config.name))
        }
        Action::Schema => print(&format!("{:#}\n", schema::schema())),
    }
}
