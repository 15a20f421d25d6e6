//! Mounts: which one a directory is on, of what kind it is, and when the table of mounts changes.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::Arc;

use rustix::event::PollFlags;
use rustix::fs::{AtFlags, CWD, StatxFlags, makedev, statx};

/// A mount. Its number may be used again once it is gone, which is why the device stands beside
/// it; parts of one mount that the kernel counts as different devices are told apart too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct MountId {
    mount: u64,
    device: u64,
}

impl MountId {
    /// The mount that a directory is on.
    pub(crate) fn of(dir: &Path) -> io::Result<MountId> {
        // The mount's number stays zero before Linux 5.8; then devices are all that is told apart.
        let stat = statx(CWD, dir, AtFlags::SYMLINK_NOFOLLOW, StatxFlags::MNT_ID)?;
        Ok(MountId { mount: stat.stx_mnt_id, device: makedev(stat.stx_dev_major, stat.stx_dev_minor) })
    }
}

/// Why the file system of a directory must be polled, if so.
pub(crate) fn must_poll(dir: &Path) -> Option<&'static str> {
    let stat = rustix::fs::statfs(dir).ok()?;
    // The type of this field differs between systems, the numbers do not exceed 32 bits.
    #[allow(clippy::cast_sign_loss, clippy::cast_possible_truncation, reason = "a magic number of 32 bits")]
    blind(stat.f_type as u32, kernel())
}

/// The kernel's version.
fn kernel() -> (u32, u32) {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

/// File systems of which the kernel does not hear all changes, by the number in `statfs`.
fn blind(kind: u32, kernel: (u32, u32)) -> Option<&'static str> {
    const ELSEWHERE: [(u32, &str); 14] = [
        (0x6969, "NFS"),
        (0x517b, "SMB"),
        (0xfe53_4d42, "SMB"),
        (0xff53_4d42, "SMB"),
        (0x6573_5546, "FUSE"),
        (0x0102_1997, "9p"),
        (0x00c3_6400, "Ceph"),
        (0x5346_414f, "AFS"),
        (0x6b41_4653, "AFS"),
        (0x7375_7245, "Coda"),
        (0x786f_4256, "a VirtualBox share"),
        (0xbacb_acbc, "a VMware share"),
        (0x0116_1970, "GFS2"),
        (0x0bd0_0bd0, "Lustre"),
    ];
    const OVERLAY: u32 = 0x794c_7630;
    match kind {
        // Files were those of the layers beneath until then, and so were their events.
        OVERLAY if kernel < (4, 19) => Some("overlayfs of a kernel before 4.19"),
        _ => ELSEWHERE.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name),
    }
}

/// Tells when something is mounted or unmounted anywhere, which directory watches do not.
pub(crate) struct MountTable(Option<Arc<OwnedFd>>);

impl MountTable {
    /// Starts to look. Where there is no such table, nothing is ever told.
    pub(crate) fn open() -> MountTable {
        MountTable(File::open("/proc/self/mountinfo").ok().map(|file| Arc::new(file.into())))
    }

    /// What to poll, to be found ready when the table has changed.
    pub(crate) fn fd(&self) -> Option<(Arc<OwnedFd>, PollFlags)> {
        self.0.as_ref().map(|fd| (fd.clone(), PollFlags::PRI))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_systems_that_are_polled() {
        let new = (6, 1);
        for kind in [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x0102_1997] {
            assert!(blind(kind, new).is_some(), "{kind:x}");
        }
        // ext4, tmpfs, btrfs, xfs.
        for kind in [0xef53, 0x0102_1994, 0x9123_683e, 0x5846_5342] {
            assert_eq!(blind(kind, new), None, "{kind:x}");
        }
        assert_eq!(blind(0x794c_7630, new), None);
        assert_eq!(blind(0x794c_7630, (4, 19)), None);
        assert!(blind(0x794c_7630, (4, 18)).is_some());
        assert!(blind(0x794c_7630, (3, 20)).is_some());
    }

    #[test]
    fn directories_of_one_mount() {
        let root = Path::new("/");
        let proc = Path::new("/proc");
        assert!(kernel() > (2, 0));
        assert_eq!(MountId::of(root).ok(), MountId::of(root).ok());
        assert_ne!(MountId::of(root).ok(), MountId::of(proc).ok());
        assert!(MountId::of(Path::new("/does/not/exist")).is_err());
    }
}
