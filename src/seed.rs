//! One declared seed, many independent random streams.
//!
//! Every random choice of a run is drawn from a stream that is named by what it is for ("smote", fold 2, seed 42), never from a
//! generator that is handed around: a result then depends neither on the number of threads nor on what ran before it.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};

/// A random stream, fixed by the declared `seed` and by the `path` that says what it is for.
///
/// The same arguments give the same stream on every machine; any other path gives an unrelated one.
///
/// ```
/// use rand::Rng;
/// let a: u64 = intone::seed::stream(42, &["smote", "fold-1"]).r#gen();
/// let b: u64 = intone::seed::stream(42, &["smote", "fold-1"]).r#gen();
/// let c: u64 = intone::seed::stream(42, &["smote", "fold-2"]).r#gen();
/// assert_eq!(a, b);
/// assert_ne!(a, c);
/// ```
pub fn stream(seed: u64, path: &[&str]) -> ChaCha8Rng {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    for part in path {
        // The length keeps ["ab", "c"] and ["a", "bc"] apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    ChaCha8Rng::from_seed(hash.finalize().into())
}
