//! What another build left, made one's own, so that cargo finds it fresh.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::build::copy_with_times;

/// Repeats a target folder, but for what belongs to the cell that was built there.
///
/// Libraries and programs are linked: compilers replace them whole. Everything else is copied, since cargo writes its notes in place, and
/// a build here would change what the other knows of its own.
pub fn take_over(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("ctx-") || name.contains("libctx") || name == ".cargo-lock" || name == "incremental" {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        if entry.file_type()?.is_dir() {
            take_over(&source, &target)?;
        } else if !is_replaced_whole(&name) || fs::hard_link(&source, &target).is_err() {
            copy_with_times(&source, &target)?;
        }
    }
    Ok(())
}

fn is_replaced_whole(name: &str) -> bool {
    let library = [".rlib", ".rmeta", ".so", ".dylib", ".dll"].iter().any(|extension| name.ends_with(extension));
    library || (!name.contains('.') && (name.starts_with("build-script-") || name.starts_with("build_script_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_copied_with_their_times_and_libraries_linked() {
        let folder = std::env::temp_dir().join(format!("intone-take-over-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (name, text) in [("deps/liba-1.rlib", "library"), (".fingerprint/a-1/lib-a", "note"), (".fingerprint/ctx-1/lib-ctx", "cell")] {
            let path = from.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        }
        let then = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
        let note = ".fingerprint/a-1/lib-a";
        fs::File::options().write(true).open(from.join(note)).unwrap().set_modified(then).unwrap();
        take_over(&from, &to).unwrap();
        assert!(!to.join(".fingerprint/ctx-1").exists());
        assert_eq!(fs::metadata(to.join(note)).unwrap().modified().unwrap(), then);
        // Written in place, as cargo does.
        fs::write(to.join(note), "another note").unwrap();
        assert_eq!(fs::read_to_string(from.join(note)).unwrap(), "note");
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let inode = |root: &Path| fs::metadata(root.join("deps/liba-1.rlib")).unwrap().ino();
            assert_eq!(inode(&from), inode(&to));
        }
        fs::remove_dir_all(&folder).unwrap();
    }
}
