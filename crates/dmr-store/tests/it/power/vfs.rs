//! SQLite's face of the disks in memory: a file system (VFS) whose paths begin with a disk's number, `/7/dmr.db`.
#![allow(unsafe_code, reason = "SQLite calls a file system through C functions and tables of pointers to them")]

use super::disk::{Disk, File, Refusal};
use parking_lot::Mutex;
use rusqlite::ffi::{self, sqlite3_file, sqlite3_vfs};
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Once};

/// SQLite's name of the file system.
pub const NAME: &str = "dmr-power";

type Disks = HashMap<String, (Arc<Disk>, HashMap<String, Arc<Shared>>)>;
static DISKS: LazyLock<Mutex<Disks>> = LazyLock::new(Mutex::default);

/// What connections to one file share: its locks and its shared memory.
#[derive(Default)]
struct Shared(Mutex<Locks>);

#[derive(Default)]
struct Locks {
    /// Handle and level of each that holds one.
    files: HashMap<u64, c_int>,
    /// For each lock of shared memory: -1 exclusive, else how many share it.
    slots: [i32; ffi::SQLITE_SHM_NLOCK as usize],
    /// Boxed, so that addresses stay.
    regions: Vec<Box<[u64]>>,
}

/// What SQLite allocates for us for each open file.
#[repr(C)]
struct Slot {
    base: sqlite3_file,
    handle: *mut Handle,
}

struct Handle {
    number: u64,
    disk: Arc<Disk>,
    file: Arc<Mutex<File>>,
    shared: Arc<Shared>,
    /// Slots of shared memory it holds: bits of shared ones and of exclusive ones.
    sharing: u32,
    owning: u32,
}

/// Makes a disk known; gives the path of a database on it.
pub fn mount(disk: &Arc<Disk>) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    register();
    let number = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    let path = format!("/{number}/dmr.db");
    DISKS.lock().insert(number, (disk.clone(), HashMap::new()));
    path
}

/// Forgets a disk.
pub fn unmount(path: &str) {
    if let Some((number, _)) = split(path) {
        DISKS.lock().remove(number);
    }
}

fn split(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix('/')?.split_once('/')
}

fn find(path: &str) -> Option<(Arc<Disk>, String)> {
    let (number, name) = split(path)?;
    Some((DISKS.lock().get(number)?.0.clone(), name.to_owned()))
}

fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let vfs = Box::new(sqlite3_vfs {
            iVersion: 1,
            szOsFile: size_of::<Slot>() as c_int,
            mxPathname: 512,
            pNext: std::ptr::null_mut(),
            zName: c"dmr-power".as_ptr(),
            pAppData: std::ptr::null_mut(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            xDlOpen: None,
            xDlError: None,
            xDlSym: None,
            xDlClose: None,
            xRandomness: Some(randomness),
            xSleep: Some(sleep),
            xCurrentTime: Some(current_time),
            xGetLastError: None,
            xCurrentTimeInt64: None,
            xSetSystemCall: None,
            xGetSystemCall: None,
            xNextSystemCall: None,
        });
        // SAFETY: the table is complete for version 1 and lives as long as the process.
        let registered = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(vfs), 0) };
        assert_eq!(registered, ffi::SQLITE_OK);
    });
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// SAFETY: `name` is null or a C string, as SQLite promises.
unsafe fn text<'a>(name: *const c_char) -> &'a str {
    if name.is_null() {
        return "";
    }
    // SAFETY: see above.
    unsafe { CStr::from_ptr(name) }.to_str().unwrap_or_default()
}

/// SAFETY: `file` is one that `open` filled and `close` has not freed.
unsafe fn handle<'a>(file: *mut sqlite3_file) -> &'a mut Handle {
    // SAFETY: see above; SQLite uses a file from one thread at a time.
    unsafe { &mut *(*file.cast::<Slot>()).handle }
}

fn code(result: Result<(), Refusal>, broken: c_int) -> c_int {
    match result {
        Ok(()) => ffi::SQLITE_OK,
        Err(Refusal::Broken) => broken,
        Err(Refusal::Full) => ffi::SQLITE_FULL,
    }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    // SAFETY: SQLite passes a C string or null, a slot of our size, and null or a place for the flags.
    unsafe {
        let slot = file.cast::<Slot>();
        (*slot).base.pMethods = std::ptr::null();
        let path = text(name);
        let found = if path.is_empty() { Some((Arc::new(Disk::new(0)), "temporary".to_owned())) } else { find(path) };
        let Some((disk, name)) = found else { return ffi::SQLITE_CANTOPEN };
        let Some(opened) = disk.open(&name, path.is_empty() || flags & ffi::SQLITE_OPEN_CREATE != 0) else {
            return ffi::SQLITE_CANTOPEN;
        };
        let shared = match split(path)
            .and_then(|(number, name)| Some((DISKS.lock().get_mut(number)?.1.entry(name.to_owned()).or_default().clone(),)))
        {
            Some((shared,)) => shared,
            None => Arc::default(),
        };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        (*slot).handle = Box::into_raw(Box::new(Handle { number, disk, file: opened, shared, sharing: 0, owning: 0 }));
        (*slot).base.pMethods = &raw const METHODS;
        if !out.is_null() {
            *out = flags;
        }
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    // SAFETY: opened by `open`, closed once.
    unsafe {
        shm_unmap(file, 0);
        unlock(file, ffi::SQLITE_LOCK_NONE);
        drop(Box::from_raw((*file.cast::<Slot>()).handle));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut sqlite3_file, into: *mut c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: an open file and a buffer of `amount` bytes.
    let (handle, into) = unsafe { (handle(file), std::slice::from_raw_parts_mut(into.cast::<u8>(), amount as usize)) };
    if handle.disk.is_off() {
        return ffi::SQLITE_IOERR_READ;
    }
    let file = handle.file.lock();
    let from = (offset as usize).min(file.seen.len());
    let there = &file.seen[from..(from + into.len()).min(file.seen.len())];
    let (filled, missing) = into.split_at_mut(there.len());
    filled.copy_from_slice(there);
    missing.fill(0);
    if missing.is_empty() { ffi::SQLITE_OK } else { ffi::SQLITE_IOERR_SHORT_READ }
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: an open file and a buffer of `amount` bytes.
    let (handle, from) = unsafe { (handle(file), std::slice::from_raw_parts(from.cast::<u8>(), amount as usize)) };
    code(handle.disk.write(&handle.file, offset as usize, from), ffi::SQLITE_IOERR_WRITE)
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    code(handle.disk.truncate(&handle.file, size as usize), ffi::SQLITE_IOERR_TRUNCATE)
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    code(handle.disk.sync(&handle.file), ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn file_size(file: *mut sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: an open file and a place for the size.
    unsafe { *size = handle(file).file.lock().seen.len() as i64 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    let mut locks = handle.shared.0.lock();
    let others = || locks.files.iter().filter(|(number, _)| **number != handle.number).map(|(_, level)| *level);
    let hinders = |level: c_int| match level {
        ffi::SQLITE_LOCK_SHARED => others().any(|other| other >= ffi::SQLITE_LOCK_PENDING),
        ffi::SQLITE_LOCK_RESERVED => others().any(|other| other >= ffi::SQLITE_LOCK_RESERVED),
        _ => others().any(|other| other >= ffi::SQLITE_LOCK_SHARED),
    };
    if locks.files.get(&handle.number).is_some_and(|own| *own >= level) {
        return ffi::SQLITE_OK;
    }
    if hinders(level) {
        return ffi::SQLITE_BUSY;
    }
    locks.files.insert(handle.number, level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    let mut locks = handle.shared.0.lock();
    if level == ffi::SQLITE_LOCK_NONE {
        locks.files.remove(&handle.number);
    } else if let Some(own) = locks.files.get_mut(&handle.number) {
        *own = level.min(*own);
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: an open file and a place for the answer.
    unsafe {
        let locks = handle(file).shared.0.lock();
        *out = c_int::from(locks.files.values().any(|level| *level >= ffi::SQLITE_LOCK_RESERVED));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(_: *mut sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector_size(_: *mut sqlite3_file) -> c_int {
    512
}

unsafe extern "C" fn characteristics(_: *mut sqlite3_file) -> c_int {
    // As SQLite takes of every disk: what stands beside a write survives it.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(file: *mut sqlite3_file, page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int {
    // SAFETY: an open file and a place for the address.
    unsafe {
        let mut locks = handle(file).shared.0.lock();
        let page = page as usize;
        while extend != 0 && locks.regions.len() <= page {
            locks.regions.push(vec![0; size as usize / 8].into_boxed_slice());
        }
        *out = locks.regions.get_mut(page).map_or(std::ptr::null_mut(), |region| region.as_mut_ptr().cast());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    let mut locks = handle.shared.0.lock();
    let range = offset as usize..(offset + count) as usize;
    let mask: u32 = range.clone().map(|slot| 1 << slot).sum();
    let shared = flags & ffi::SQLITE_SHM_SHARED != 0;
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        for slot in range {
            if handle.owning & (1 << slot) != 0 {
                locks.slots[slot] = 0;
            } else if handle.sharing & (1 << slot) != 0 {
                locks.slots[slot] -= 1;
            }
        }
        handle.owning &= !mask;
        handle.sharing &= !mask;
    } else if shared {
        if handle.sharing & mask == 0 {
            if locks.slots[range.start] < 0 {
                return ffi::SQLITE_BUSY;
            }
            locks.slots[range.start] += 1;
            handle.sharing |= mask;
        }
    } else {
        if range.clone().any(|slot| locks.slots[slot] != 0 && handle.owning & (1 << slot) == 0) {
            return ffi::SQLITE_BUSY;
        }
        range.for_each(|slot| locks.slots[slot] = -1);
        handle.owning |= mask;
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_barrier(_: *mut sqlite3_file) {
    std::sync::atomic::fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: an open file.
    let handle = unsafe { handle(file) };
    let mut locks = handle.shared.0.lock();
    for slot in 0..locks.slots.len() {
        if handle.owning & (1 << slot) != 0 {
            locks.slots[slot] = 0;
        } else if handle.sharing & (1 << slot) != 0 {
            locks.slots[slot] -= 1;
        }
    }
    (handle.owning, handle.sharing) = (0, 0);
    if delete != 0 {
        locks.regions.clear();
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, name: *const c_char, _: c_int) -> c_int {
    // SAFETY: a C string.
    let Some((disk, name)) = find(unsafe { text(name) }) else { return ffi::SQLITE_IOERR_DELETE };
    if !disk.exists(&name) {
        return ffi::SQLITE_IOERR_DELETE_NOENT;
    }
    code(disk.delete(&name), ffi::SQLITE_IOERR_DELETE)
}

unsafe extern "C" fn access(_: *mut sqlite3_vfs, name: *const c_char, _: c_int, out: *mut c_int) -> c_int {
    // SAFETY: a C string and a place for the answer.
    unsafe { *out = c_int::from(find(text(name)).is_some_and(|(disk, name)| disk.exists(&name))) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn full_path(_: *mut sqlite3_vfs, name: *const c_char, size: c_int, out: *mut c_char) -> c_int {
    // SAFETY: a C string and a buffer of `size` bytes.
    unsafe {
        let name = CStr::from_ptr(name).to_bytes_with_nul();
        if name.len() > size as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(name.as_ptr().cast(), out, name.len());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn randomness(_: *mut sqlite3_vfs, count: c_int, out: *mut c_char) -> c_int {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut dice = super::disk::Dice::new(NEXT.fetch_add(1, Ordering::Relaxed));
    for at in 0..count as usize {
        // SAFETY: a buffer of `count` bytes.
        unsafe { *out.add(at) = dice.next() as c_char };
    }
    count
}

unsafe extern "C" fn sleep(_: *mut sqlite3_vfs, micros: c_int) -> c_int {
    std::thread::sleep(std::time::Duration::from_micros(micros.cast_unsigned().into()));
    micros
}

unsafe extern "C" fn current_time(_: *mut sqlite3_vfs, out: *mut f64) -> c_int {
    // SAFETY: a place for the time.
    unsafe { *out = 2_461_000.5 };
    ffi::SQLITE_OK
}
