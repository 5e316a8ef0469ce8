//! Jupyter counts characters, evcxr bytes.

/// The byte at which a character stands; the end for one past it.
pub fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// The number of the character that stands at a byte.
pub fn character_of(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < byte).count()
}

/// The end of the name that a byte is in.
pub fn end_of_name(text: &str, byte: usize) -> usize {
    let rest = text.get(byte..).unwrap_or_default();
    byte + rest.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_not_bytes() {
        let text = "let ä = clip;";
        assert_eq!(byte_of(text, 6), 7);
        assert_eq!(character_of(text, 7), 6);
        assert_eq!(byte_of(text, 99), text.len());
        assert_eq!(end_of_name(text, 10), 13);
    }
}
