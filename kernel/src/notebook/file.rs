//! A notebook on disk.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use nbformat::v4::{Cell, Notebook};

/// Reads a notebook of any format that can be brought to version 4.5.
pub fn read(path: &Path) -> Result<Notebook> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let parsed = nbformat::parse_notebook(&text).with_context(|| format!("{} is no notebook", path.display()))?;
    let mut notebook = match parsed {
        nbformat::Notebook::V4(notebook) => notebook,
        nbformat::Notebook::V4QuirksMode(quirks) => quirks.repair(),
        nbformat::Notebook::Legacy(legacy) => nbformat::upgrade_legacy_notebook(legacy)?,
        nbformat::Notebook::V3(old) => nbformat::upgrade_v3_notebook(old)?,
        _ => bail!("{} has a format that is not known here", path.display()),
    };
    for cell in &mut notebook.cells {
        let (Cell::Markdown { source, .. } | Cell::Code { source, .. } | Cell::Raw { source, .. }) = cell;
        *source = lines(&source.concat());
    }
    Ok(notebook)
}

/// Writes a notebook as Python's nbformat does, under a temporary name first.
pub fn write(path: &Path, notebook: &Notebook) -> Result<()> {
    let text = nbformat::serialize_notebook(&nbformat::Notebook::V4(notebook.clone())).context("the notebook cannot be written")?;
    write_whole(path, &text)
}

/// Writes a file under a temporary name, so that nobody reads half of it.
pub fn write_whole(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(|| format!("cannot write into {}", folder.display()))?;
    std::io::Write::write_all(&mut file, text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_or(0o644, |metadata| metadata.permissions().mode());
        file.as_file().set_permissions(fs::Permissions::from_mode(mode)).context("cannot set the file's permissions")?;
    }
    file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}

/// A cell's text.
pub fn source(cell: &Cell) -> String {
    cell.source().concat()
}

/// Whether a cell carries a tag.
pub fn has_tag(cell: &Cell, tag: &str) -> bool {
    cell.metadata().tags.as_ref().is_some_and(|tags| tags.iter().any(|other| other == tag))
}

/// A text as the lines that the format stores.
pub fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}
