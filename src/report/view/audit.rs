//! What was checked for leaks, a row a check over all folds.

use crate::experiment::audit::{Audit, AuditFact, Check, Finding};
use crate::experiment::twin::TwinScore;
use crate::report::format::{count, percent, plural, points};

/// Examples named in a row.
const NAMED: usize = 3;

/// The section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditView {
    pub rows: Vec<AuditRow>,
    /// One sentence over all checks.
    pub summary: String,
    /// The same model on a split that shares speakers.
    pub twin: Option<TwinView>,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditRow {
    pub claim: String,
    pub looked_at: String,
    /// Class name in the style sheet.
    pub class: &'static str,
    pub verdict: String,
    pub examples: Vec<String>,
    /// Crossings that are not named.
    pub more: String,
}

/// The leaky score beside the honest one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TwinView {
    pub honest: String,
    pub leaky: String,
    pub sentence: String,
    pub how: String,
}

impl AuditView {
    pub(super) fn new(audit: &Audit) -> Self {
        let mut checks: Vec<Check> = audit.facts.iter().map(|fact| fact.check).collect();
        checks.dedup();
        let rows: Vec<AuditRow> = checks.into_iter().map(|check| row(check, &of(audit, check))).collect();
        let number = |class| rows.iter().filter(|row| row.class == class).count();
        let summary = match (number("fail"), number("finding")) {
            (0, 0) => format!("All {} pass.", plural(rows.len(), "check")),
            (0, findings) => format!("No leak was found; {} to know of.", plural(findings, "thing")),
            (1, _) => "One check fails: the score is not what the protocol claims.".to_owned(),
            (failed, _) => format!("{} fail: the score is not what the protocol claims.", plural(failed, "check")),
        };
        Self { rows, summary, twin: audit.twin.as_ref().map(TwinView::new) }
    }
}

/// Claims that failed and that no other banner tells of, with examples.
pub(super) fn failures(audit: &Audit) -> Vec<String> {
    let told = |check: Check| matches!(check, Check::TestSpeakers | Check::IdenticalAudio);
    let failed = audit.facts.iter().filter(|fact| fact.verdict == Finding::Fail && !told(fact.check));
    failed
        .map(|fact| {
            let named: Vec<&str> = fact.examples.iter().take(NAMED).map(String::as_str).collect();
            let dots = if fact.found > named.len() as u64 { "; ..." } else { "" };
            format!(
                "{}: fails in fold {} for {} of {}: {}{dots}",
                fact.check.claim(),
                fact.fold,
                fact.found,
                looked_at(fact.check, fact.looked_at),
                named.join("; ")
            )
        })
        .collect()
}

fn of(audit: &Audit, check: Check) -> Vec<&AuditFact> {
    audit.facts.iter().filter(|fact| fact.check == check).collect()
}

fn looked_at(check: Check, number: u64) -> String {
    let mark = if number == 1 { "" } else { "s" };
    format!("{} {}{mark}", count(number), check.unit())
}

fn row(check: Check, facts: &[&AuditFact]) -> AuditRow {
    let found: u64 = facts.iter().map(|fact| fact.found).sum();
    let verdict = facts.iter().map(|fact| fact.verdict).max().unwrap_or(Finding::Pass);
    let (class, verdict) = match verdict {
        Finding::Pass => ("pass", "holds".to_owned()),
        Finding::Finding => ("finding", format!("not so for {}", count(found))),
        Finding::Fail => ("fail", format!("fails for {}", count(found))),
    };
    let one = facts.len() == 1;
    let named = facts.iter().flat_map(|fact| {
        let place = if one { String::new() } else { format!("fold {}: ", fact.fold) };
        fact.examples.iter().map(move |example| format!("{place}{example}"))
    });
    let examples: Vec<String> = named.take(NAMED).collect();
    let more = match found.saturating_sub(examples.len() as u64) {
        0 => String::new(),
        more => format!("and {} more", count(more)),
    };
    let total = facts.iter().map(|fact| fact.looked_at).sum();
    AuditRow { claim: check.claim(), looked_at: looked_at(check, total), class, verdict, examples, more }
}

impl TwinView {
    fn new(twin: &TwinScore) -> Self {
        let (honest, leaky) = (percent(twin.honest), percent(twin.leaky));
        let gain = twin.leaky - twin.honest;
        let interval = match (twin.low, twin.high) {
            (Some(low), Some(high)) => format!(" (95% interval {} to {})", points(low), points(high)),
            _ => String::new(),
        };
        let what = if gain > 0.0 {
            format!("so {} points{interval} of it are the speakers", points(gain))
        } else {
            format!("{} points{interval} from the honest score: here, heard speakers gave nothing", points(gain))
        };
        Self {
            sentence: format!("The same model on a split that shares speakers: {leaky}, {what}."),
            how: format!(
                "Clips dealt at random into {}, so that every tested speaker was heard in training; {}, the same {} tested once each. \
                 The difference is resampled over speakers, paired.",
                plural(twin.folds, "fold"),
                plural(twin.seeds, "seed"),
                plural(twin.clips, "clip"),
            ),
            honest,
            leaky,
        }
    }
}
