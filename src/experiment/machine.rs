//! What the record of a run says of the code and the machine.

use std::fs;

use sha2::{Digest, Sha256};

use super::record::{CodeRecord, MachineRecord};

/// The code that runs.
pub fn code() -> CodeRecord {
    CodeRecord {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        git_commit: option_env!("INTONE_GIT_COMMIT").map(str::to_owned),
        git_diff: option_env!("INTONE_GIT_DIFF").map(str::to_owned),
        lock_hash: format!("{:x}", Sha256::digest(include_bytes!("../../Cargo.lock"))),
    }
}

/// The machine that it runs on, with `threads` threads and kernels that are [portable](crate::portable) or not.
pub fn machine(threads: usize, portable: bool) -> MachineRecord {
    MachineRecord {
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown".to_owned()),
        cpu_features: cpu_features(portable),
        threads,
    }
}

/// Largest resident memory of this process so far, MiB; known on Linux only.
pub fn peak_memory_mib() -> Option<u64> {
    let kib: u64 = field("/proc/self/status", "VmHWM")?.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024)
}

/// The value of the first `name: value` line of a file.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().filter_map(|line| line.split_once(':')).find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// The instruction sets that the kernels use: they round differently.
fn cpu_features(portable: bool) -> Vec<String> {
    #[cfg(target_arch = "x86_64")]
    let found = [
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("avx512f", is_x86_feature_detected!("avx512f") && !portable),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let found: [(&str, bool); 0] = {
        let _ = portable;
        []
    };
    found.iter().filter(|(_, present)| *present).map(|(name, _)| (*name).to_owned()).collect()
}

/// Now, as RFC 3339 in UTC.
pub fn now() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    rfc3339(seconds)
}

/// Seconds since 1970 as a date and time (Hinnant's days-to-civil algorithm).
fn rfc3339(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn dates_equal_those_of_date_utility() {
        // date -u -d @SECONDS +%FT%TZ
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(rfc3339(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(rfc3339(1_735_689_599), "2024-12-31T23:59:59Z");
        assert_eq!(rfc3339(4_107_542_400), "2100-03-01T00:00:00Z");
    }
}
