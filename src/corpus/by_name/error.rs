//! What is wrong with a file name.

/// A name that is not one of its corpus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Not the fields that a name has.
    #[error("`{name}` is not a name of {corpus}, which are {pattern}")]
    Shape {
        /// The name.
        name: String,
        /// The corpus.
        corpus: &'static str,
        /// How names are built, with an example.
        pattern: &'static str,
    },
    /// A field with a code that the corpus does not have.
    #[error("`{name}` has `{found}` as its {field}; {corpus} has {known}")]
    Field {
        /// The name.
        name: String,
        /// The corpus.
        corpus: &'static str,
        /// What the field stands for.
        field: &'static str,
        /// What is there.
        found: String,
        /// The codes there are.
        known: &'static str,
    },
}

/// Makes the errors of one name.
pub(super) struct Reader<'a> {
    pub corpus: &'static str,
    pub name: &'a str,
}

impl Reader<'_> {
    pub fn shape(&self, pattern: &'static str) -> NameError {
        NameError::Shape { name: self.name.to_owned(), corpus: self.corpus, pattern }
    }

    pub fn field(&self, field: &'static str, found: impl Into<String>, known: &'static str) -> NameError {
        NameError::Field { name: self.name.to_owned(), corpus: self.corpus, field, found: found.into(), known }
    }
}

/// The value that stands beside a code in a table.
pub(super) fn looked_up<T: Copy>(table: &[(&'static str, T)], code: &str) -> Option<(&'static str, T)> {
    table.iter().copied().find(|(known, _)| *known == code)
}
