//! What the pages of `docs` say of the repository is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The tests of a file of `core/tests`, by name.
fn tests(file: &str) -> BTreeSet<String> {
    let path = repository()
        .join("core/tests")
        .join(file)
        .with_extension("rs");
    let source = fs::read_to_string(&path).expect("a file of tests");
    let mut names = BTreeSet::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        match line.strip_prefix("fn ") {
            Some(function) if marked => {
                names.extend(function.split('(').next().map(str::to_owned));
                marked = false;
            }
            _ => marked |= line == "#[test]",
        }
    }
    names
}

#[test]
fn every_way_to_game_the_reward_names_a_test_that_exists() {
    let page = fs::read_to_string(repository().join("docs/gaming.md")).expect("the page");
    let mut named = BTreeSet::new();
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| way"));
    for row in rows {
        let test = row.rsplit('`').nth(1).unwrap_or_default();
        let (file, name) = test
            .split_once("::")
            .unwrap_or_else(|| panic!("no test: {row}"));
        assert!(tests(file).contains(name), "there is no test {test}");
        named.insert(test.to_owned());
    }
    for file in ["extract_gaming", "grade_gaming"] {
        for name in tests(file) {
            let test = format!("{file}::{name}");
            assert!(named.contains(&test), "docs/gaming.md does not name {test}");
        }
    }
}
