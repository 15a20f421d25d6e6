//! The system calls of fanotify. Neither `rustix` nor `nix` gives the names in its events, so
//! they are called through `libc`.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags};

/// The longest handle that the kernel makes.
const MAX_HANDLE: usize = 128;

/// `struct file_handle` with room for every handle.
#[repr(C)]
struct RawHandle {
    length: u32,
    kind: i32,
    bytes: [u8; MAX_HANDLE],
}

/// A new group that needs no privileges: events name the directory by its handle, and the entry.
pub(super) fn init() -> io::Result<OwnedFd> {
    let flags = libc::FAN_CLASS_NOTIF | libc::FAN_CLOEXEC | libc::FAN_NONBLOCK | libc::FAN_REPORT_DFID_NAME;
    // SAFETY: takes no memory of ours.
    let fd = unsafe { libc::fanotify_init(flags, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: a new descriptor that nobody else has.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// A directory held by a descriptor that cannot read it: a handle taken and a mark set through
/// it are sure to concern the same directory, whatever becomes of its path meanwhile.
pub(super) struct Dir(OwnedFd);

impl Dir {
    /// Opens a directory; a symlink is none.
    pub(super) fn open(path: &Path) -> io::Result<Dir> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Dir(rustix::fs::openat(CWD, path, flags, Mode::empty())?))
    }

    /// Its handle, the handle's type in front, as records have it.
    pub(super) fn handle(&self) -> io::Result<Box<[u8]>> {
        // Handles that only tell files apart exist on more file systems, but are younger (6.5).
        match self.handle_as(libc::AT_HANDLE_FID | libc::AT_EMPTY_PATH) {
            Err(e) if e.raw_os_error() == Some(libc::EINVAL) => self.handle_as(libc::AT_EMPTY_PATH),
            result => result,
        }
    }

    fn handle_as(&self, flags: i32) -> io::Result<Box<[u8]>> {
        let mut handle = RawHandle { length: MAX_HANDLE as u32, kind: 0, bytes: [0; MAX_HANDLE] };
        let mut mount = 0;
        let empty: &CStr = c"";
        // SAFETY: the path is a C string; the handle has as much room as its length says, and both
        // it and the mount's number outlive the call.
        let result = unsafe {
            libc::name_to_handle_at(
                self.0.as_raw_fd(),
                empty.as_ptr(),
                (&raw mut handle).cast::<libc::file_handle>(),
                &raw mut mount,
                flags,
            )
        };
        if result < 0 {
            return Err(io::Error::last_os_error());
        }
        let bytes = handle.bytes.get(..handle.length as usize).unwrap_or(&handle.bytes);
        Ok([&handle.kind.to_ne_bytes(), bytes].concat().into())
    }

    /// Adds events to the directory's mark, and the mark if there is none.
    pub(super) fn mark(&self, group: &OwnedFd, mask: u64) -> io::Result<()> {
        self.change_mark(group, libc::FAN_MARK_ADD, mask)
    }

    /// Takes events from the directory's mark, and the mark with the last one.
    pub(super) fn unmark(&self, group: &OwnedFd, mask: u64) -> io::Result<()> {
        self.change_mark(group, libc::FAN_MARK_REMOVE, mask)
    }

    fn change_mark(&self, group: &OwnedFd, change: u32, mask: u64) -> io::Result<()> {
        let flags = change | libc::FAN_MARK_ONLYDIR;
        let here: &CStr = c".";
        // SAFETY: both descriptors are open, the path is a C string.
        let result = unsafe { libc::fanotify_mark(group.as_raw_fd(), flags, mask, self.0.as_raw_fd(), here.as_ptr()) };
        if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}
