//! What a score must reach, in a line: `uar>=0.62`.

use std::str::FromStr;

use super::score_table::{Scope, ScoreRow, ScoreTable};
use super::{CLASS_METRICS, METRICS};

/// A score and the bound that it must keep.
///
/// Written `[SCOPE[.KEY].]METRIC[.low|.high] OPERATOR NUMBER`, such as `uar>=0.62`, `uar.low > 55%`, `ensemble.uar>=0.63`,
/// `class.sad.recall>=0.3` or `speaker.07.uar>0.2`; without a scope the overall score is meant. Operators are `>=`, `>`, `<=`, `<`.
///
/// ```
/// let requirement: intone::metrics::Requirement = "uar.low >= 55%".parse()?;
/// assert_eq!(requirement.to_string(), "uar.low>=0.55");
/// # Ok::<(), intone::metrics::RequirementError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    scope: Scope,
    key: String,
    metric: String,
    end: End,
    operator: Operator,
    bound: f64,
}

/// Why a requirement cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequirementError {
    /// No operator.
    #[error("{0:?} has no operator; write it as uar>=0.62")]
    Operator(String),
    /// The bound is no number.
    #[error("{0:?} is not a number such as 0.62 or 62%")]
    Bound(String),
    /// No such score.
    #[error("{name:?} is not a score; write METRIC or SCOPE.KEY.METRIC with one of {known}")]
    Name {
        /// What was written.
        name: String,
        /// What could be.
        known: String,
    },
    /// The run has no such score.
    #[error("the run has no score {name}{}", if keys.is_empty() { String::new() } else { format!("; there are {}", keys.join(", ")) })]
    Missing {
        /// The score.
        name: String,
        /// Keys of its scope.
        keys: Vec<String>,
    },
}

/// Which number of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Value,
    Low,
    High,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// The longer ones first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 4] =
    [(">=", Operator::AtLeast), ("<=", Operator::AtMost), (">", Operator::Above), ("<", Operator::Below)];

impl Requirement {
    /// The number in question, and whether it keeps the bound; a score that is not a number keeps none.
    ///
    /// # Errors
    /// [`RequirementError::Missing`].
    pub fn check(&self, table: &ScoreTable) -> Result<(f64, bool), RequirementError> {
        let row = table.get(self.scope, &self.key, &self.metric).ok_or_else(|| RequirementError::Missing {
            name: self.name(),
            keys: table.keys(self.scope).into_iter().filter(|key| !key.is_empty()).map(str::to_owned).collect(),
        })?;
        let value = self.end.of(row);
        let kept = match self.operator {
            Operator::AtLeast => value >= self.bound,
            Operator::Above => value > self.bound,
            Operator::AtMost => value <= self.bound,
            Operator::Below => value < self.bound,
        };
        Ok((value, kept))
    }

    /// The score that it is about.
    fn name(&self) -> String {
        let scope = match (self.scope, self.key.as_str()) {
            (Scope::Overall, _) => String::new(),
            (scope, "") => format!("{scope}."),
            (scope, key) => format!("{scope}.{key}."),
        };
        format!("{scope}{}{}", self.metric, self.end.suffix())
    }
}

impl End {
    fn of(self, row: &ScoreRow) -> f64 {
        match self {
            Self::Value => row.value,
            Self::Low => row.low,
            Self::High => row.high,
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Value => "",
            Self::Low => ".low",
            Self::High => ".high",
        }
    }
}

impl std::fmt::Display for Requirement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let operator = OPERATORS.iter().find(|(_, operator)| *operator == self.operator).map_or("", |(sign, _)| sign);
        write!(f, "{}{operator}{}", self.name(), self.bound)
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let found = OPERATORS.iter().filter_map(|&(sign, operator)| Some((text.find(sign)?, sign, operator))).min_by_key(|found| found.0);
        let (at, sign, operator) = found.ok_or_else(|| RequirementError::Operator(text.to_owned()))?;
        let bound = bound(text[at + sign.len()..].trim())?;
        let name = text[..at].trim();
        let (path, end) = match name.rsplit_once('.') {
            Some((path, "low")) => (path, End::Low),
            Some((path, "high")) => (path, End::High),
            _ => (name, End::Value),
        };
        let (place, metric) = path.rsplit_once('.').unwrap_or(("", path));
        let (scope, key) = place.split_once('.').unwrap_or((place, ""));
        let scope = if scope.is_empty() { Some(Scope::Overall) } else { Scope::named(scope) };
        match scope {
            Some(scope) if metrics().any(|name| name == metric) => {
                Ok(Self { scope, key: key.to_owned(), metric: metric.to_owned(), end, operator, bound })
            }
            _ => Err(RequirementError::Name { name: name.to_owned(), known: metrics().collect::<Vec<_>>().join(", ") }),
        }
    }
}

/// Every metric that tables of scores hold.
fn metrics() -> impl Iterator<Item = &'static str> {
    METRICS.into_iter().chain(CLASS_METRICS)
}

/// A finite number, or one in percent.
fn bound(text: &str) -> Result<f64, RequirementError> {
    let (number, unit) = text.strip_suffix('%').map_or((text, 1.0), |number| (number.trim_end(), 100.0));
    let value = number.parse::<f64>().ok().filter(|value| value.is_finite());
    value.map(|value| value / unit).ok_or_else(|| RequirementError::Bound(text.to_owned()))
}
