/// The seed of a stream of its own for each tuple of `tags`, so that drawing more from one stream
/// changes no other (SplitMix64's finaliser, tag after tag).
pub(crate) fn derive(seed: u64, tags: &[u64]) -> u64 {
    tags.iter()
        .fold(mix(seed), |state, tag| mix(state.wrapping_add(*tag)))
}

fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::derive;

    #[test]
    fn neighbouring_tags_have_different_streams() {
        let mut seen = HashSet::new();
        for seed in 0..10 {
            for a in 0..30 {
                assert!(seen.insert(derive(seed, &[a])));
                for b in 0..30 {
                    assert!(seen.insert(derive(seed, &[a, b])));
                }
            }
        }
    }
}
