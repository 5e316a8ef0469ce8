//! Downloads from a server of this process, which behaves as badly as is asked for.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use intone::corpus::fetch::{Archive, FetchError, FetchEvent, Source, fetch};
use md5::{Digest, Md5};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How a connection is answered.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// What is asked for, and after so many bytes of it the connection is closed.
    Range { cut: usize },
    /// All of it, whatever is asked for.
    Whole { cut: usize },
    /// 206, but from the first byte on.
    WrongRange,
    /// No file, but a status.
    Status(u16),
}

const ALL: usize = usize::MAX;
const GOOD: Answer = Answer::Range { cut: ALL };

struct Server {
    url: String,
    /// The first byte that each request asked for.
    asked: Arc<Mutex<Vec<u64>>>,
}

impl Server {
    /// Serves `body` under any path; the last answer is repeated.
    fn new(body: Vec<u8>, answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/files/", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for (index, stream) in listener.incoming().enumerate() {
                let Some(answer) = answers.get(index).or(answers.last()) else { return };
                if let Ok(stream) = stream {
                    serve(stream, &body, *answer, &log);
                }
            }
        });
        Self { url, asked }
    }

    fn source(&self) -> Source {
        Source { pause: Duration::from_millis(1), ..Source::new(&self.url) }
    }

    fn asked(&self) -> Vec<u64> {
        self.asked.lock().expect("the log").clone()
    }
}

fn serve(mut stream: TcpStream, body: &[u8], answer: Answer, log: &Mutex<Vec<u64>>) {
    let mut first = 0;
    for line in BufReader::new(stream.try_clone().expect("a stream")).lines() {
        let line = line.unwrap_or_default().to_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            first = range.trim_end_matches('-').parse().expect("a range");
        }
        if line.is_empty() {
            break;
        }
    }
    log.lock().expect("the log").push(first as u64);
    let (status, range, begin, cut) = match answer {
        Answer::Range { cut } if first > 0 => {
            (206, format!("Content-Range: bytes {first}-{}/{}\r\n", body.len() - 1, body.len()), first, cut)
        }
        Answer::WrongRange if first > 0 => (206, format!("Content-Range: bytes 0-{}/{}\r\n", body.len() - 1, body.len()), 0, ALL),
        Answer::Range { cut } | Answer::Whole { cut } => (200, String::new(), 0, cut),
        Answer::WrongRange => (200, String::new(), 0, ALL),
        Answer::Status(status) => (status, String::new(), body.len(), ALL),
    };
    let rest = &body[begin..];
    // The client may have gone: that is its matter.
    let _ = write!(stream, "HTTP/1.1 {status} x\r\nContent-Length: {}\r\n{range}Connection: close\r\n\r\n", rest.len());
    let _ = stream.write_all(&rest[..cut.min(rest.len())]);
}

/// An archive with those entries, stored or deflated.
fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        if let Some(link) = name.strip_prefix("link:") {
            zip.add_symlink(link, "/etc/passwd", SimpleFileOptions::default()).expect("a link");
        } else {
            // What is large stays as large as it is, so that it arrives in parts.
            let method = if bytes.len() > 1000 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).expect("an entry");
            zip.write_all(bytes).expect("its bytes");
        }
    }
    zip.finish().expect("an archive").into_inner()
}

/// Two clips, of which one is large enough to arrive in parts.
fn corpus() -> Vec<u8> {
    let noise: Vec<u8> = (0..300_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    zipped(&[("Actor_01/03-01-01-01-01-01-01.wav", &noise), ("Actor_02/03-01-01-01-01-01-02.wav", b"RIFF")])
}

fn archive(body: &[u8]) -> Archive {
    let md5 = Box::leak(format!("{:x}", Md5::digest(body)).into_boxed_str());
    Archive { name: "Clips.zip", bytes: body.len() as u64, md5, folder: "Clips" }
}

/// Fetches into `dir`; what happened besides bytes, and the result.
fn fetched(archive: &Archive, server: &Server, dir: &Path) -> (Vec<String>, Result<PathBuf, FetchError>) {
    let events = RefCell::new(Vec::new());
    let result = fetch(archive, &server.source(), dir, &|event| {
        if !matches!(event, FetchEvent::Bytes(_)) {
            events.borrow_mut().push(format!("{event:?}"));
        }
    });
    (events.into_inner(), result)
}

/// Whether the corpus is there, whole, and nothing else.
fn assert_whole(dir: &Path) {
    let mut names: Vec<String> =
        fs::read_dir(dir).expect("the folder").map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["Clips"]);
    assert_eq!(fs::metadata(dir.join("Clips/Actor_01/03-01-01-01-01-01-01.wav")).expect("a clip").len(), 300_000);
    assert_eq!(fs::read(dir.join("Clips/Actor_02/03-01-01-01-01-01-02.wav")).expect("a clip"), b"RIFF");
}

#[test]
fn an_archive_is_fetched_once_verified_and_unpacked() {
    let body = corpus();
    let server = Server::new(body.clone(), vec![GOOD]);
    let root = tempfile::tempdir().expect("a folder");
    let dir = root.path().join("new/data");
    let (events, folder) = fetched(&archive(&body), &server, &dir);
    assert_eq!(folder.expect("a corpus"), dir.join("Clips"));
    assert_eq!(events, ["Begins(0)", "Verifies", "Unpacks"]);
    assert_whole(&dir);
    let (events, again) = fetched(&archive(&body), &server, &dir);
    again.expect("the corpus");
    assert_eq!((events, server.asked()), (vec!["Present".to_owned()], vec![0]));
}

#[test]
fn a_broken_connection_is_gone_on_with() {
    let body = corpus();
    let cuts = vec![Answer::Range { cut: 1000 }, Answer::Range { cut: 0 }, Answer::Status(503), Answer::Range { cut: 70_000 }, GOOD];
    let server = Server::new(body.clone(), cuts);
    let root = tempfile::tempdir().expect("a folder");
    let (events, folder) = fetched(&archive(&body), &server, root.path());
    folder.expect("a corpus");
    assert_eq!(server.asked(), [0, 1000, 1000, 1000, 71_000]);
    assert_eq!(events.iter().filter(|event| event.starts_with("Again")).count(), 4, "{events:?}");
    assert_whole(root.path());
}

#[test]
fn what_an_earlier_call_left_is_gone_on_with_or_begun_anew() {
    let body = corpus();
    // What is left, how the server behaves, and what is asked for.
    let longer = [&body[..], b"more"].concat();
    for (left, answer, asked) in [
        (&body[..5000], GOOD, vec![5000]),
        (&body[..5000], Answer::Whole { cut: ALL }, vec![5000]),
        (&body[..5000], Answer::WrongRange, vec![5000, 0]),
        (&body[..], GOOD, vec![]),
        (&longer[..], GOOD, vec![0]),
    ] {
        let server = Server::new(body.clone(), vec![answer]);
        let root = tempfile::tempdir().expect("a folder");
        fs::write(root.path().join("Clips.zip.part"), left).expect("a part");
        let (_, folder) = fetched(&archive(&body), &server, root.path());
        folder.expect("a corpus");
        assert_eq!(server.asked(), asked, "{answer:?} after {}", left.len());
        assert_whole(root.path());
    }
    // An archive that the user brought.
    let server = Server::new(Vec::new(), vec![Answer::Status(404)]);
    let root = tempfile::tempdir().expect("a folder");
    fs::write(root.path().join("Clips.zip"), &body[1..]).expect("another");
    let error = fetched(&archive(&body), &server, root.path()).1.expect_err("another file");
    assert!(matches!(&error, FetchError::Archive { message, .. } if message.contains(archive(&body).md5)), "{error}");
    fs::write(root.path().join("Clips.zip"), &body).expect("an archive");
    fetched(&archive(&body), &server, root.path()).1.expect("a corpus");
    assert_eq!(server.asked(), Vec::<u64>::new());
    assert_whole(root.path());
}

#[test]
fn wrong_bytes_are_named_by_both_checksums_and_removed() {
    let body = corpus();
    let mut wrong = body.clone();
    wrong[2000] ^= 1;
    let server = Server::new(wrong.clone(), vec![GOOD]);
    let root = tempfile::tempdir().expect("a folder");
    let (_, result) = fetched(&archive(&body), &server, root.path());
    let message = result.expect_err("another file").to_string();
    for part in [archive(&body).md5, archive(&wrong).md5, "Clips.zip"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(fs::read_dir(root.path()).expect("the folder").count(), 0);
}

#[test]
fn servers_that_do_not_have_it_are_told_apart() {
    let body = corpus();
    let root = tempfile::tempdir().expect("a folder");
    let missing = Server::new(body.clone(), vec![Answer::Status(404)]);
    let error = fetched(&archive(&body), &missing, root.path()).1.expect_err("no file");
    assert!(matches!(&error, FetchError::Status { status: 404, url } if url.ends_with("/files/Clips.zip")), "{error}");
    assert_eq!(missing.asked().len(), 1, "a file that is not there is asked for once");

    let dead = Server::new(body.clone(), vec![Answer::Range { cut: 1000 }, Answer::Range { cut: 0 }]);
    let error = fetched(&archive(&body), &dead, root.path()).1.expect_err("no bytes");
    assert!(matches!(&error, FetchError::Network { attempts: 5, kept: 1000, .. }), "{error}");
    assert!(root.path().join("Clips.zip.part").exists(), "what came is kept");

    let other = Server::new(body[..body.len() - 1].to_vec(), vec![Answer::Whole { cut: ALL }]);
    let error = fetched(&archive(&body), &other, root.path()).1.expect_err("another size");
    assert!(matches!(&error, FetchError::Size { stated, found, .. } if *found + 1 == *stated), "{error}");
    assert_eq!(fs::metadata(root.path().join("Clips.zip.part")).expect("the part").len(), 1000, "and is not touched");
}

#[test]
fn entries_that_leave_the_folder_are_refused_before_anything_is_written() {
    for name in ["../evil.wav", "a/../../evil.wav", "/tmp/evil.wav", "..\\evil.wav", "C:evil.wav", "link:evil.wav"] {
        let body = zipped(&[("Actor_01/good.wav", b"x"), (name, b"x")]);
        let server = Server::new(body.clone(), vec![GOOD]);
        let root = tempfile::tempdir().expect("a folder");
        let dir = root.path().join("data");
        let error = fetched(&archive(&body), &server, &dir).1.expect_err(name);
        assert!(matches!(&error, FetchError::Unsafe { .. }), "{name}: {error}");
        assert!(!dir.join("Clips").exists() && !root.path().join("evil.wav").exists(), "{name}");
    }
    let body = b"not an archive".to_vec();
    let server = Server::new(body.clone(), vec![GOOD]);
    let root = tempfile::tempdir().expect("a folder");
    let error = fetched(&archive(&body), &server, root.path()).1.expect_err("no archive");
    assert!(matches!(&error, FetchError::Archive { .. }), "{error}");
}

#[test]
fn a_disk_that_cannot_be_written_is_told() {
    let body = corpus();
    let server = Server::new(body.clone(), vec![GOOD]);
    let root = tempfile::tempdir().expect("a folder");
    let file = root.path().join("file");
    fs::write(&file, b"").expect("a file");
    let error = fetched(&archive(&body), &server, &file).1.expect_err("no folder");
    assert!(matches!(&error, FetchError::Disk { .. }), "{error}");
    #[cfg(target_os = "linux")]
    {
        std::os::unix::fs::symlink("/dev/full", root.path().join("Clips.zip.part")).expect("a link");
        let error = fetched(&archive(&body), &server, root.path()).1.expect_err("a full disk");
        assert!(matches!(&error, FetchError::Disk { cause, .. } if cause.kind() == std::io::ErrorKind::StorageFull), "{error}");
    }
}
