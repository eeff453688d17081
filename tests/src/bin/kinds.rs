//! Prints, for each kind of answer, how many of the labelled cases are graded right, and each miss.

use resit_tests::cases;
use std::collections::BTreeMap;

fn main() {
    let mut kinds: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    let mut misses = Vec::new();
    for case in cases::all() {
        let [right, wrong, skipped] = kinds.entry(case.kind.clone()).or_default();
        match case.grade() {
            None => *skipped += 1,
            Some(verdict) if case.is_right(&verdict) => *right += 1,
            Some(verdict) => {
                *wrong += 1;
                misses.push(format!("{} {:?}", case.describe(), verdict.reason));
            }
        }
    }
    println!(
        "{:24} {:>5} {:>5} {:>7}",
        "kind", "right", "wrong", "skipped"
    );
    let mut total = [0; 3];
    for (kind, counts) in &kinds {
        println!("{kind:24} {:5} {:5} {:7}", counts[0], counts[1], counts[2]);
        total
            .iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum += count);
    }
    println!(
        "{:24} {:5} {:5} {:7}\n",
        "total", total[0], total[1], total[2]
    );
    misses.iter().for_each(|miss| println!("{miss}"));
}
