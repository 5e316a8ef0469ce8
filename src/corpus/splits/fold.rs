//! One fold. Its parts are different types, so that fitting on a test part does not compile.

macro_rules! rows {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        pub struct $name(Vec<usize>);

        impl $name {
            /// Only the splitter makes parts.
            pub(in crate::corpus::splits) fn new(mut rows: Vec<usize>) -> Self {
                rows.sort_unstable();
                Self(rows)
            }

            /// Indices into [`Corpus::clips`](crate::corpus::Corpus::clips), ascending.
            pub fn indices(&self) -> &[usize] {
                &self.0
            }
        }
    };
}

rows!(
    /// The rows that models, scalers, balancing and class weights may see.
    TrainRows
);
rows!(
    /// The rows that early stopping and model choice may see.
    ValidationRows
);
rows!(
    /// The rows that are predicted once, at the end.
    TestRows
);

/// A fold: three parts that share no clip, and (but for random splits) no speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// `1`, `2`, ... or the speaker left out.
    pub name: String,
    /// What is fitted on.
    pub train: TrainRows,
    /// What training is steered by; may be empty.
    pub validation: ValidationRows,
    /// What is scored.
    pub test: TestRows,
}
