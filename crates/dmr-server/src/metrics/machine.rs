//! What the system says of this process, where it says so under `/proc`. Each is left out where it is not known.

use super::Exposition;

/// Bytes of a page of memory, and ticks of a second, as Linux tells them to programs.
const PAGE: u64 = 4096;
const TICKS: u64 = 100;

/// Adds the lines.
pub fn tell(page: &mut Exposition) {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return };
    // The name of the program stands in brackets and may hold anything.
    let Some((_, rest)) = stat.rsplit_once(") ") else { return };
    let fields: Vec<u64> = rest.split(' ').map(|field| field.trim().parse().unwrap_or(0)).collect();
    // As `man 5 proc_pid_stat` numbers them, from the third.
    let field = |number: usize| fields.get(number - 3).copied().unwrap_or(0);
    let ticks = field(14) + field(15);
    let cpu = format!("{}.{:02}", ticks / TICKS, ticks % TICKS);
    gauge(page, "process_cpu_seconds_total", "counter", "Processor time of this process.", &cpu);
    gauge(page, "process_threads", "gauge", "Threads of this process.", &field(20).to_string());
    gauge(page, "process_virtual_memory_bytes", "gauge", "Address space of this process.", &field(23).to_string());
    gauge(page, "process_resident_memory_bytes", "gauge", "Memory of this process.", &(field(24) * PAGE).to_string());
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        gauge(page, "process_open_fds", "gauge", "Files and connections that are open.", &open.count().to_string());
    }
    if let Some(most) = rustix::process::getrlimit(rustix::process::Resource::Nofile).current {
        gauge(page, "process_max_fds", "gauge", "How many may be open.", &most.to_string());
    }
    if let Some(began) = began(field(22)) {
        gauge(page, "process_start_time_seconds", "gauge", "When this process began, in seconds since 1970.", &began.to_string());
    }
}

fn gauge(page: &mut Exposition, name: &str, kind: &str, about: &str, value: &str) {
    page.head(name, kind, about).line(name, &[], value);
}

/// When the process began: ticks after the machine did.
fn began(ticks: u64) -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/stat").ok()?;
    let boot = stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse::<u64>().ok()?;
    Some(boot + ticks / TICKS)
}
