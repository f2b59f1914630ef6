//! CPU time of one thread.

/// What a library needed.
pub struct Measured {
    pub cpu_ms: f64,
    pub bytes: f64,
    pub last: Vec<u8>,
}

const ROUNDS: usize = 7;

/// Makes `count` documents seven times after a warm-up; the median round counts.
pub fn run(count: usize, mut document: impl FnMut(usize) -> Vec<u8>) -> Measured {
    let mut last = Vec::new();
    for n in 0..count {
        last = document(n);
    }
    let mut bytes = 0;
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            bytes = 0;
            let before = cpu_ns();
            for n in 0..count {
                last = document(n);
                bytes += last.len();
            }
            (cpu_ns() - before) as f64 / 1e6 / count as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    Measured { cpu_ms: rounds[ROUNDS / 2], bytes: bytes as f64 / count as f64, last }
}

/// Nanoseconds this thread has run (proc_pid_schedstat(5), first number). The
/// kernel brings it up to date when the thread yields.
fn cpu_ns() -> u64 {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}
