//! What must survive anything: a kill at any moment, two processes at once, a full disk.

#[cfg(unix)]
mod disk;
#[cfg(unix)]
mod kill;
mod together;

use crate::folder::{Folder, tiny_over_manifest};

/// [`TINY`] over files, so that the feature cache is written too, with a bundle of each fold and a final model. `clips.csv` has the clips.
fn over_files(folder: &Folder, epochs: usize) {
    folder.manifest_corpus(4, 3);
    let config = tiny_over_manifest();
    let config = config.replace("epochs = 2", &format!("epochs = {epochs}\nseeds = 2"));
    folder.write("tiny.toml", &format!("{config}\n[model]\nsave_final = true\nsave_folds = true\n"));
}
