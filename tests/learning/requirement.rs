use intone::metrics::{Requirement, RequirementError, Scope, ScoreRow, ScoreTable};

fn table() -> ScoreTable {
    let row = |scope, key: &str, metric: &str, value| ScoreRow {
        scope,
        key: key.to_owned(),
        metric: metric.to_owned(),
        value,
        low: value - 0.05,
        high: value + 0.05,
        n: 10,
    };
    ScoreTable {
        rows: vec![
            row(Scope::Overall, "", "uar", 0.62),
            row(Scope::Ensemble, "", "uar", 0.65),
            row(Scope::Class, "sad", "recall", 0.3),
            row(Scope::Speaker, "Dr. No", "uar", f64::NAN),
        ],
    }
}

fn kept(text: &str) -> bool {
    text.parse::<Requirement>()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .check(&table())
        .unwrap_or_else(|error| panic!("{error}"))
        .1
}

#[test]
fn bounds_are_kept_or_not_at_value_and_interval_of_every_scope() {
    for text in ["uar>=0.62", "uar >= 62%", "uar<=0.62", "uar.low>0.56", "uar.high < 0.68", "ensemble.uar>0.64", "class.sad.recall>=0.3"] {
        assert!(kept(text), "{text}");
    }
    for text in ["uar>0.62", "uar<62 %", "uar.low>=0.6", "ensemble.uar<0.65", "class.sad.recall.high<0.3", "speaker.Dr. No.uar>=0"] {
        assert!(!kept(text), "{text}");
    }
}

#[test]
fn what_cannot_be_read_or_is_not_there_is_named() {
    let parse = |text: &str| text.parse::<Requirement>().expect_err(text);
    assert!(matches!(parse("uar=0.6"), RequirementError::Operator(_)));
    assert!(matches!(parse("uar>=much"), RequirementError::Bound(_)));
    assert!(matches!(parse("uar>=inf"), RequirementError::Bound(_)));
    assert!(matches!(parse("recal>=0.6"), RequirementError::Name { .. }));
    assert!(parse("whole.uar>=0.6").to_string().contains("macro_f1"));
    let missing = "class.glad.recall>=0.1".parse::<Requirement>().expect("a requirement").check(&table());
    assert!(missing.expect_err("no such class").to_string().ends_with("there are sad"));
}

#[test]
fn it_is_written_as_it_is_read() {
    for text in ["uar>=0.62", "class.sad.recall.low<0.5", "ensemble.uar>0.6"] {
        assert_eq!(text.parse::<Requirement>().expect("a requirement").to_string(), text);
    }
}
