//! What the runs of a sweep are called: after what they have, so that a run keeps its name, and with it its id, when others join the sweep.

use sha2::{Digest, Sha256};

use super::declare::Variant;

/// Longer names are cut short by a hash.
const LONGEST: usize = 60;

/// A value as a person writes it: text without quotes.
pub(super) fn show(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Names each run `BASE.WHAT`.
pub(super) fn give(base: &str, variants: &mut [Variant]) {
    let slugs: Vec<String> = variants.iter().map(slug).collect();
    for (index, variant) in variants.iter_mut().enumerate() {
        let alone = slugs.iter().enumerate().all(|(other, slug)| other == index || *slug != slugs[index]);
        let what = if alone && slugs[index].len() <= LONGEST { slugs[index].clone() } else { hashed(variant) };
        variant.config.name = format!("{base}.{what}");
    }
}

fn slug(variant: &Variant) -> String {
    // Where a key is the whole label it is said in short: its last part and the value.
    let is_label = |(key, value): &(String, toml::Value)| variant.label.contains(&format!("{key} = {}", show(value)));
    let text = if !variant.changes.is_empty() && variant.changes.iter().all(is_label) {
        let last = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
        let parts: Vec<String> = variant.changes.iter().map(|(key, value)| format!("{}-{}", last(key), show(value))).collect();
        parts.join("_")
    } else {
        variant.label.clone()
    };
    let mut slug = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() || c == '.' || c == '_' => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    slug.trim_matches('-').to_owned()
}

fn hashed(variant: &Variant) -> String {
    let text: String = variant.changes.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
    format!("{:x}", Sha256::digest(text))[..8].to_owned()
}
