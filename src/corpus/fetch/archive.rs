//! What can be fetched.

/// An archive as its publisher states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Archive {
    /// Its file name.
    pub name: &'static str,
    /// Its size.
    pub bytes: u64,
    /// Its MD5 in hexadecimal, lower case.
    pub md5: &'static str,
    /// The folder that it is unpacked into.
    pub folder: &'static str,
}

/// Where RAVDESS is published.
pub const RAVDESS_URL: &str = "https://zenodo.org/records/1188976/files";

/// Under which terms.
pub const RAVDESS_LICENCE: &str = "RAVDESS is published by Livingstone & Russo (2018) under the Creative Commons licence CC BY-NC-SA 4.0: name \
    the source, no commercial use, the same licence for what is made of it. https://zenodo.org/records/1188976, \
    https://doi.org/10.1371/journal.pone.0196391";

/// The audio of RAVDESS, speech and song, with the sizes and MD5 sums of Zenodo record 1188976.
pub const RAVDESS: [Archive; 2] = [
    Archive {
        name: "Audio_Speech_Actors_01-24.zip",
        bytes: 208_468_073,
        md5: "bc696df654c87fed845eb13823edef8a",
        folder: "Audio_Speech_Actors_01-24",
    },
    Archive {
        name: "Audio_Song_Actors_01-24.zip",
        bytes: 225_505_317,
        md5: "5411230427d67a21e18aa4d466e6d1b9",
        folder: "Audio_Song_Actors_01-24",
    },
];
