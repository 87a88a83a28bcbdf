//! A disk in memory that keeps apart what was written and what was synced, and whose power can be cut.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Sectors are written whole or not at all.
const SECTOR: usize = 512;

/// A source of numbers that is the same for the same seed.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }

    /// From 0 to below.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// Why a disk did not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The power is off, or an error was injected.
    Broken,
    /// There is no room.
    Full,
}

/// What will go wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// The power goes off when so many more writes, truncations and syncs were done.
    pub cut_after: Option<u64>,
    /// So many of the next syncs fail.
    pub syncs: u64,
    /// So many of the next writes fail.
    pub writes: u64,
    /// Bytes that all files together may have.
    pub room: Option<usize>,
}

/// A disk.
pub struct Disk(Mutex<State>);

struct State {
    files: HashMap<String, Arc<Mutex<File>>>,
    faults: Faults,
    dice: Dice,
    /// What is left once the power was cut.
    left: Option<HashMap<String, Vec<u8>>>,
}

/// A file as programs see it, and what of it is on the platter.
#[derive(Debug, Default)]
pub struct File {
    pub seen: Vec<u8>,
    synced: Vec<u8>,
    /// Since the last sync, in order.
    pending: Vec<Pending>,
    /// Whether its name is on the platter.
    linked: bool,
}

#[derive(Debug)]
enum Pending {
    Write(usize, Vec<u8>),
    Truncate(usize),
}

impl Disk {
    pub fn new(seed: u64) -> Self {
        Self::with(seed, HashMap::new())
    }

    fn with(seed: u64, files: HashMap<String, Vec<u8>>) -> Self {
        let files = files.into_iter().map(|(name, bytes)| (name, Arc::new(Mutex::new(File::durable(bytes))))).collect();
        let state = State { files, faults: Faults::default(), dice: Dice::new(seed), left: None };
        Self(Mutex::new(state))
    }

    pub fn set(&self, faults: Faults) {
        self.0.lock().faults = faults;
    }

    /// Whether the power is off.
    pub fn is_off(&self) -> bool {
        self.0.lock().left.is_some()
    }

    /// The disk when the power comes back.
    pub fn after_cut(&self, seed: u64) -> Self {
        let mut state = self.0.lock();
        state.cut();
        Self::with(seed, state.left.clone().unwrap_or_default())
    }

    /// The file with this name, made where `create`.
    pub fn open(&self, name: &str, create: bool) -> Option<Arc<Mutex<File>>> {
        let mut state = self.0.lock();
        if state.left.is_some() {
            return None;
        }
        if create {
            return Some(state.files.entry(name.to_owned()).or_default().clone());
        }
        state.files.get(name).cloned()
    }

    pub fn exists(&self, name: &str) -> bool {
        self.0.lock().files.contains_key(name)
    }

    pub fn delete(&self, name: &str) -> Result<(), Refusal> {
        let mut state = self.0.lock();
        state.step()?;
        state.files.remove(name);
        Ok(())
    }

    pub fn write(&self, file: &Mutex<File>, at: usize, bytes: &[u8]) -> Result<(), Refusal> {
        let mut state = self.0.lock();
        state.step()?;
        if state.faults.writes > 0 {
            state.faults.writes -= 1;
            return Err(Refusal::Broken);
        }
        let end = at + bytes.len();
        if let Some(room) = state.faults.room {
            let (all, own) = (state.size(), file.lock().seen.len());
            if end > own && all + (end - own) > room {
                return Err(Refusal::Full);
            }
        }
        let mut file = file.lock();
        put(&mut file.seen, at, bytes);
        file.pending.push(Pending::Write(at, bytes.to_vec()));
        Ok(())
    }

    pub fn truncate(&self, file: &Mutex<File>, size: usize) -> Result<(), Refusal> {
        self.0.lock().step()?;
        let mut file = file.lock();
        file.seen.resize(size, 0);
        file.pending.push(Pending::Truncate(size));
        Ok(())
    }

    pub fn sync(&self, file: &Mutex<File>) -> Result<(), Refusal> {
        let mut state = self.0.lock();
        state.step()?;
        if state.faults.syncs > 0 {
            state.faults.syncs -= 1;
            return Err(Refusal::Broken);
        }
        let mut file = file.lock();
        file.linked = true;
        let pending = std::mem::take(&mut file.pending);
        pending.iter().for_each(|pending| pending.apply(&mut file.synced));
        Ok(())
    }

    /// What a file holds.
    pub fn bytes(&self, name: &str) -> Option<Vec<u8>> {
        self.0.lock().files.get(name).map(|file| file.lock().seen.clone())
    }
}

impl State {
    /// One more thing is done, unless the power goes off before it.
    fn step(&mut self) -> Result<(), Refusal> {
        if self.faults.cut_after == Some(0) {
            self.cut();
        }
        if self.left.is_some() {
            return Err(Refusal::Broken);
        }
        self.faults.cut_after = self.faults.cut_after.map(|left| left - 1);
        Ok(())
    }

    fn size(&self) -> usize {
        self.files.values().map(|file| file.lock().seen.len()).sum()
    }

    fn cut(&mut self) {
        if self.left.is_some() {
            return;
        }
        let mut left = HashMap::new();
        let mut names: Vec<_> = self.files.keys().cloned().collect();
        names.sort();
        for name in names {
            let file = self.files[&name].lock();
            if file.linked || self.dice.below(2) == 0 {
                let bytes = file.survivor(&mut self.dice);
                left.insert(name, bytes);
            }
        }
        self.left = Some(left);
    }
}

impl File {
    fn durable(bytes: Vec<u8>) -> Self {
        Self { seen: bytes.clone(), synced: bytes, pending: Vec::new(), linked: true }
    }

    /// What was synced, and of what was not: nothing, everything, or whatever the disk happened to have written, sector by sector.
    fn survivor(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let luck = dice.below(4);
        for pending in &self.pending {
            match (luck, pending) {
                (0, _) => {}
                (1, _) => pending.apply(&mut bytes),
                (_, Pending::Write(at, written)) => {
                    for (number, sector) in written.chunks(SECTOR).enumerate() {
                        if dice.below(2) == 0 {
                            put(&mut bytes, at + number * SECTOR, sector);
                        }
                    }
                }
                (_, Pending::Truncate(_)) => {
                    if dice.below(2) == 0 {
                        pending.apply(&mut bytes);
                    }
                }
            }
        }
        bytes
    }
}

impl Pending {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Write(at, written) => put(bytes, *at, written),
            Self::Truncate(size) => bytes.resize(*size, 0),
        }
    }
}

fn put(bytes: &mut Vec<u8>, at: usize, written: &[u8]) {
    let end = at + written.len();
    if bytes.len() < end {
        bytes.resize(end, 0);
    }
    bytes[at..end].copy_from_slice(written);
}
