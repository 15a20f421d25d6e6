//! A file system of one directory that this process serves through FUSE, as a network would: its
//! files change without the kernel hearing of it. Only what looking and reading takes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Files {
    /// By name: number, content, and when it was changed.
    entries: BTreeMap<String, (u64, Vec<u8>, u64)>,
    changes: u64,
    /// Nobody answers any more.
    gone: bool,
}

/// The far side. Dropping it cuts the connection; the mount stays, and answers nothing but errors.
pub struct Remote {
    files: Arc<Mutex<Files>>,
}

const ROOT: u64 = 1;

impl Remote {
    /// Mounts the file system.
    pub fn mount(at: &Path) -> io::Result<Remote> {
        use std::os::unix::ffi::OsStrExt;
        let device = File::options().read(true).write(true).open("/dev/fuse")?;
        let at = std::ffi::CString::new(at.as_os_str().as_bytes())?;
        let data = format!("fd={},rootmode=40000,user_id=0,group_id=0\0", device.as_raw_fd());
        // SAFETY: all are C strings that outlive the call.
        let result = unsafe {
            libc::mount(c"remote".as_ptr(), at.as_ptr(), c"fuse".as_ptr(), 0, data.as_ptr().cast::<libc::c_void>())
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
        let files = Arc::new(Mutex::new(Files::default()));
        std::thread::spawn({
            let files = files.clone();
            move || while serve(&device, &files).is_ok() {}
        });
        Ok(Remote { files })
    }

    /// Writes a file on the far side.
    pub fn set(&self, name: &str, text: &str) {
        let mut files = self.files.lock().unwrap();
        files.changes += 1;
        let now = files.changes;
        let entry = files.entries.entry(name.to_owned()).or_insert((ROOT + now, Vec::new(), 0));
        entry.1 = text.into();
        entry.2 = now;
    }

    /// Deletes a file on the far side.
    pub fn remove(&self, name: &str) {
        self.files.lock().unwrap().entries.remove(name).unwrap();
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        // Seen with the next request, which then fails; closing the device is the end of the connection.
        self.files.lock().unwrap().gone = true;
    }
}

/// Answers one request; an error is the end of the connection.
fn serve(mut device: &File, files: &Mutex<Files>) -> io::Result<()> {
    let mut request = vec![0; 1 << 17];
    let length = device.read(&mut request)?;
    let u32_at = |at: usize| u32::from_ne_bytes(request[at..at + 4].try_into().unwrap());
    let u64_at = |at: usize| u64::from_ne_bytes(request[at..at + 8].try_into().unwrap());
    let (operation, node) = (u32_at(4), u64_at(16));
    let body = &request[40..length];
    let files = files.lock().unwrap();
    if files.gone {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let found = |number: u64| files.entries.values().find(|(n, ..)| *n == number);
    let answer = match operation {
        // Looks.
        1 => {
            let name = String::from_utf8_lossy(&body[..body.len() - 1]).into_owned();
            // Node, generation, and for how long it may be believed: not at all.
            files
                .entries
                .get(&name)
                .map(|file| [number(&[file.0, 0, 0, 0, 0]), attributes(file.0, Some(file))].concat())
        }
        3 if node == ROOT => Some([number(&[0, 0]), attributes(ROOT, None)].concat()),
        3 => found(node).map(|file| [number(&[0, 0]), attributes(node, Some(file))].concat()),
        // Forgetting and interrupting want no answer.
        2 | 36 | 42 => return Ok(()),
        // Opening: no handle; read directly, past any cache.
        14 | 27 => Some(number(&[0, 1])),
        15 => found(node).map(|(_, content, _)| {
            let from = content.len().min(u64_at(48) as usize);
            content[from..content.len().min(from + u32_at(56) as usize)].to_vec()
        }),
        28 if u64_at(48) > 0 => Some(Vec::new()),
        28 => Some(listing(&files)),
        17 => Some(vec![0; 80]),
        // Flushing, releasing, access: granted.
        18 | 25 | 29 | 34 => Some(Vec::new()),
        // The beginning: version 7.31, and no wishes.
        26 => {
            Some([&7u32.to_ne_bytes()[..], &31u32.to_ne_bytes(), &[0; 12], &4096u32.to_ne_bytes(), &[0; 40]].concat())
        }
        _ => return reply(device, u64_at(8), Err(libc::ENOSYS)),
    };
    reply(device, u64_at(8), answer.ok_or(libc::ENOENT))
}

fn reply(mut device: &File, to: u64, answer: Result<Vec<u8>, i32>) -> io::Result<()> {
    let (error, body) = match answer {
        Ok(body) => (0, body),
        Err(error) => (-error, Vec::new()),
    };
    let length = u32::try_from(16 + body.len()).unwrap();
    let message = [&length.to_ne_bytes()[..], &i32::to_ne_bytes(error), &to.to_ne_bytes(), &body].concat();
    match device.write_all(&message) {
        // Who asked has gone.
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn number(numbers: &[u64]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_ne_bytes()).collect()
}

fn attributes(node: u64, file: Option<&(u64, Vec<u8>, u64)>) -> Vec<u8> {
    let (mode, size, time) = match file {
        Some((_, content, time)) => (libc::S_IFREG | 0o644, content.len() as u64, *time),
        None => (libc::S_IFDIR | 0o755, 0, 0),
    };
    let mut out = number(&[node, size, 1, time, time, time]);
    // Nanoseconds of three times, mode, links, owner, group, device, size of blocks, flags.
    for n in [0, 0, 0, mode, 1, 0, 0, 0, 4096, 0] {
        out.extend(n.to_ne_bytes());
    }
    out
}

fn listing(files: &Files) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, (name, file)) in (1u64..).zip(&files.entries) {
        out.extend(number(&[file.0, at]));
        out.extend(u32::try_from(name.len()).unwrap().to_ne_bytes());
        out.extend(8u32.to_ne_bytes());
        out.extend(name.as_bytes());
        out.resize(out.len().next_multiple_of(8), 0);
    }
    out
}
