//! One file over HTTP, as often interrupted as need be.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::{Digest, Md5};

use super::{Archive, FetchError, FetchEvent};

/// Bytes read at a time.
const CHUNK: usize = 1 << 16;
/// Times that a connection may break without a byte, one after the other.
const ATTEMPTS: u32 = 5;

/// Where archives come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The address of the folder that they are in, without a slash at its end.
    pub url: String,
    /// How long is waited before a broken connection is tried again; twice as long each time.
    pub pause: Duration,
}

impl Source {
    /// That address, with a second's pause.
    pub fn new(url: &str) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), pause: Duration::from_secs(1) }
    }
}

/// How an attempt ended.
enum Ended {
    Whole,
    Broken(String),
}

/// Downloads `archive` into `dir` and verifies it; what an earlier call has left as `NAME.part` is gone on with.
///
/// A server that knows no ranges sends all of it again. An archive that is there under its own name is verified and not downloaded.
///
/// # Errors
/// [`FetchError`]: status, network, size, checksum, disk.
pub fn download(archive: &Archive, source: &Source, dir: &Path, watch: &dyn Fn(FetchEvent<'_>)) -> Result<PathBuf, FetchError> {
    let whole = dir.join(archive.name);
    let part = dir.join(format!("{}.part", archive.name));
    let url = format!("{}/{}", source.url, archive.name);
    if whole.is_file() {
        watch(FetchEvent::Verifies);
        let found = md5_of(&whole)?;
        if found == archive.md5 {
            return Ok(whole);
        }
        // It may be the user's own: that is not ours to remove.
        let message = format!("its MD5 checksum is {found}, but the publisher states {}; remove it, and it is fetched anew", archive.md5);
        return Err(FetchError::Archive { path: whole, message });
    }
    let left = length(&part);
    watch(FetchEvent::Begins(if left > archive.bytes { 0 } else { left }));
    let agent = agent();
    let mut failures = 0;
    while length(&part) != archive.bytes {
        let before = length(&part);
        let cause = match attempt(&agent, archive, &url, &part, watch)? {
            Ended::Whole => continue,
            Ended::Broken(cause) => cause,
        };
        failures = if length(&part) > before { 1 } else { failures + 1 };
        if failures >= ATTEMPTS {
            return Err(FetchError::Network { url, attempts: failures, cause, kept: length(&part) });
        }
        watch(FetchEvent::Again(&cause));
        std::thread::sleep(source.pause * 2_u32.pow(failures - 1));
    }
    watch(FetchEvent::Verifies);
    let found = md5_of(&part)?;
    if found != archive.md5 {
        remove(&part)?;
        return Err(FetchError::Checksum { url, stated: archive.md5.to_owned(), found });
    }
    fs::rename(&part, &whole).map_err(|cause| FetchError::Disk { path: whole.clone(), cause })?;
    Ok(whole)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .user_agent(concat!("intone/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(Duration::from_secs(30)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .timeout_per_read(Some(Duration::from_secs(60)))
        .build()
        .new_agent()
}

/// Asks for what is missing and appends it.
fn attempt(agent: &ureq::Agent, archive: &Archive, url: &str, part: &Path, watch: &dyn Fn(FetchEvent<'_>)) -> Result<Ended, FetchError> {
    // More than there is to have is of another file.
    let have = Some(length(part)).filter(|&have| have < archive.bytes).unwrap_or(0);
    let mut request = agent.get(url);
    if have > 0 {
        request = request.header("Range", format!("bytes={have}-"));
    }
    let mut response = match request.call() {
        Ok(response) => response,
        Err(error) => return Ok(Ended::Broken(error.to_string())),
    };
    let begin = match response.status().as_u16() {
        // A server without ranges sends all of it.
        200 => 0,
        206 if range_start(&response) == Some(have) => have,
        // It sends another range than was asked for, or has none to send: from the start, without a range.
        206 | 416 => {
            remove(part)?;
            return Ok(Ended::Broken("the server does not go on where the file ends".to_owned()));
        }
        // The server is busy.
        status @ (429 | 500..=599) => return Ok(Ended::Broken(format!("status {status}"))),
        status => return Err(FetchError::Status { url: url.to_owned(), status }),
    };
    if let Some(rest) = response.body().content_length()
        && begin + rest != archive.bytes
    {
        return Err(FetchError::Size { url: url.to_owned(), stated: archive.bytes, found: begin + rest });
    }
    let disk = |cause| FetchError::Disk { path: part.to_owned(), cause };
    let mut file = OpenOptions::new().create(true).append(true).open(part).map_err(disk)?;
    if length(part) != begin {
        file.set_len(begin).map_err(disk)?;
    }
    append(&mut response.body_mut().as_reader(), &mut file, begin, archive, watch).map_err(disk).and_then(|ended| match ended {
        Ok(ended) => Ok(ended),
        Err(found) => {
            remove(part)?;
            Err(FetchError::Size { url: url.to_owned(), stated: archive.bytes, found })
        }
    })
}

/// Writes what arrives. The outer error is the disk's; the inner one is the number of bytes where there are more than stated.
fn append(
    body: &mut dyn Read,
    file: &mut File,
    mut have: u64,
    archive: &Archive,
    watch: &dyn Fn(FetchEvent<'_>),
) -> std::io::Result<Result<Ended, u64>> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match body.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Ok(Ok(Ended::Broken(error.to_string()))),
        };
        have += read as u64;
        if have > archive.bytes {
            return Ok(Err(have));
        }
        file.write_all(&buffer[..read])?;
        watch(FetchEvent::Bytes(have));
    }
    file.sync_all()?;
    Ok(Ok(if have == archive.bytes { Ended::Whole } else { Ended::Broken("the connection ended early".to_owned()) }))
}

/// The first byte of what a 206 holds.
fn range_start<T>(response: &ureq::http::Response<T>) -> Option<u64> {
    let range = response.headers().get("content-range")?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

fn md5_of(path: &Path) -> Result<String, FetchError> {
    let disk = |cause| FetchError::Disk { path: path.to_owned(), cause };
    let mut file = File::open(path).map_err(disk)?;
    let mut hash = Md5::new();
    std::io::copy(&mut file, &mut hash).map_err(disk)?;
    Ok(format!("{:x}", hash.finalize()))
}

fn remove(path: &Path) -> Result<(), FetchError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => Err(FetchError::Disk { path: path.to_owned(), cause }),
        _ => Ok(()),
    }
}

/// Of the file; 0 where there is none.
fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}
