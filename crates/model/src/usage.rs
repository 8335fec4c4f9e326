//! What a container uses of its machine, whoever found it out: the kernel's files or the engine. Counters count since
//! the container's start. What could not be read is `None`, or not in the list.

/// What one container uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage {
    /// Time on processors.
    pub cpu: Option<Cpu>,
    /// How often it was held back by its limit of processor time.
    pub throttling: Option<Throttling>,
    /// Its limit of processor time; `None` also where it has none.
    pub cpu_quota: Option<CpuQuota>,
    /// Memory.
    pub memory: Option<Memory>,
    /// Its limit of memory in bytes; 0 where it has none.
    pub memory_limit_bytes: Option<u64>,
    /// How often the kernel ended one of its processes for want of memory.
    pub oom_kills: Option<u64>,
    /// Processes.
    pub processes: Option<u64>,
    /// Threads of all processes.
    pub threads: Option<u64>,
    /// How many threads it may have; 0 where nothing says.
    pub threads_max: Option<u64>,
    /// What went to and came from disks.
    pub disks: Vec<Disk>,
    /// What went over network interfaces of its own.
    pub interfaces: Vec<Interface>,
}

/// Time on processors, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cpu {
    /// All of it.
    pub total_seconds: f64,
    /// In programs.
    pub user_seconds: f64,
    /// In the kernel, for programs.
    pub system_seconds: f64,
}

/// How often a container was held back.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Throttling {
    /// Periods in which it ran.
    pub periods: u64,
    /// Those in which it had used up its quota.
    pub throttled_periods: u64,
    /// How long it waited for the next period, summed over its processors.
    pub throttled_seconds: f64,
}

/// So much processor time in each period, in microseconds: 200,000 of 100,000 are two processors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuQuota {
    /// Time on processors.
    pub quota_micros: u64,
    /// Time that passes.
    pub period_micros: u64,
}

/// Memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// All that is counted against the limit, files in memory too.
    pub usage: u64,
    /// What cannot be given back at once: usage without files that nobody has touched lately.
    pub working_set: u64,
    /// What belongs to programs and to no file.
    pub rss: u64,
    /// Files in memory.
    pub cache: u64,
    /// Files that are mapped into programs.
    pub mapped_file: u64,
    /// What was moved to disk.
    pub swap: Option<u64>,
    /// The most it ever was.
    pub usage_max: Option<u64>,
    /// How often it ran against its limit.
    pub limit_hits: Option<u64>,
}

/// What went to and came from a disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    /// `/dev/sda`, or `8:0` where the name is not known.
    pub device: String,
    /// Bytes read.
    pub read_bytes: u64,
    /// Bytes written.
    pub written_bytes: u64,
    /// Operations that read.
    pub reads: u64,
    /// Operations that write.
    pub writes: u64,
}

/// What went over a network interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interface {
    /// `eth0`.
    pub name: String,
    /// What came in.
    pub received: Traffic,
    /// What went out.
    pub sent: Traffic,
}

/// One direction of a network interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes.
    pub bytes: u64,
    /// Packets.
    pub packets: u64,
    /// Packets that were broken.
    pub errors: u64,
    /// Packets that were thrown away.
    pub dropped: u64,
}
