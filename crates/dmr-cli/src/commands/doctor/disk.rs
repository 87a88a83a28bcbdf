//! The disk under a data directory: who may read it, what file system it is, how much is left.

use super::finding::Finding;
use super::size;
use std::path::Path;

/// Below this nothing should be written any more.
const LEAST: u64 = 64 << 20;
/// Below this somebody should look.
const LITTLE: u64 = 1 << 30;

/// Who may read and write it.
pub fn rights(directory: &Path) -> Finding {
    let shown = directory.display().to_string();
    let trial = directory.join(format!("doctor.{}", std::process::id()));
    let written = std::fs::write(&trial, b"");
    let _gone = std::fs::remove_file(&trial);
    if let Err(fault) = written {
        return Finding::fail("data directory", format!("{shown} cannot be written: {fault}"))
            .advise("give it to the user that dmr runs as");
    }
    match open_to_others(directory) {
        true => {
            Finding::warn("data directory", format!("{shown}: others on this machine may read it")).advise(format!("chmod o-rwx {shown}"))
        }
        false => Finding::ok("data directory", shown),
    }
}

#[cfg(unix)]
fn open_to_others(directory: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| std::fs::metadata(path).map_or(0, |known| known.permissions().mode());
    // Whoever may not enter the directory reads no file in it.
    mode(directory) & 0o001 != 0 && mode(&directory.join("dmr.db")) & 0o004 != 0
}

#[cfg(not(unix))]
fn open_to_others(_directory: &Path) -> bool {
    false
}

/// What file system it is: locks and the promise of `fsync` are not worth much over a network.
#[cfg(target_os = "linux")]
pub fn system(directory: &Path) -> Option<Finding> {
    const NETWORK: [(u64, &str); 6] =
        [(0x6969, "NFS"), (0xff53_4d42, "CIFS"), (0xfe53_4d42, "SMB"), (0x0102_1997, "9P"), (0x00c3_6400, "Ceph"), (0x5346_414f, "AFS")];
    const MEMORY: [(u64, &str); 2] = [(0x0102_1994, "tmpfs"), (0x8584_58f6, "ramfs")];
    let kind = u64::try_from(rustix::fs::statfs(directory).ok()?.f_type).ok()? & 0xffff_ffff;
    let named = |kinds: &[(u64, &'static str)]| kinds.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name);
    Some(match (named(&NETWORK), named(&MEMORY)) {
        (Some(name), _) => {
            Finding::warn("file system", format!("{name}: locks and writes may not hold over a network")).advise("a local disk")
        }
        (_, Some(name)) => Finding::warn("file system", format!("{name}: what is in memory is gone with the machine")).advise("a disk"),
        _ => Finding::ok("file system", "local"),
    })
}

/// Elsewhere it is not known.
#[cfg(not(target_os = "linux"))]
pub fn system(_directory: &Path) -> Option<Finding> {
    None
}

/// How much is left.
#[cfg(unix)]
pub fn space(directory: &Path) -> Option<Finding> {
    let known = rustix::fs::statvfs(directory).ok()?;
    let free = known.f_bavail.saturating_mul(known.f_frsize);
    let found = format!("{} free", size(free));
    Some(match free {
        none if none < LEAST => Finding::fail("disk", found).advise("make room: writes will be refused"),
        little if little < LITTLE => Finding::warn("disk", found).advise("make room"),
        _ => Finding::ok("disk", found),
    })
}

/// Elsewhere it is not known.
#[cfg(not(unix))]
pub fn space(_directory: &Path) -> Option<Finding> {
    None
}
