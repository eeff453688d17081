use alloc::vec::Vec;

/// What `read` makes of each item, if there is something for all of them. Collecting into an `Option` would
/// be compiled for each closure, this is for each pair of types: half a kilobyte less of WebAssembly
/// for each place.
pub(crate) fn every<'a, A, B>(
    items: &'a [A],
    read: &mut dyn FnMut(&'a A) -> Option<B>,
) -> Option<Vec<B>> {
    let mut found = Vec::with_capacity(items.len());
    for item in items {
        found.push(read(item)?);
    }
    Some(found)
}
