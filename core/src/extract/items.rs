//! Lists of Markdown: "- x = 3", "2. Income: $18".

use alloc::vec::Vec;

use super::plain;
use super::token::head;

/// Longest list, in bytes.
const LONGEST: usize = 4096;

/// Where the values start of the list whose first item starts at `start`: that of every item where they
/// are nothing but mathematics, else that of the last, to which the others led. One item is no list.
pub(super) fn below(text: &str, start: usize) -> Option<Vec<usize>> {
    let list = text.get(start..)?;
    let lines = head(list, LONGEST).split_inclusive('\n');
    let mut at = start;
    let mut starts = Vec::new();
    let mut values = true;
    for line in lines {
        let (line_start, content) = (at, line.trim());
        at += line.len();
        if content.is_empty() {
            continue;
        }
        let Some(item) = item(content) else {
            break;
        };
        values &= plain::whole(item).is_some();
        starts.push(line_start + line.trim_end().len() - item.len());
    }
    let last = *starts.last().filter(|_| starts.len() > 1)?;
    Some(if values { starts } else { Vec::from([last]) })
}

/// What an item of a list says behind its mark.
fn item(line: &str) -> Option<&str> {
    let marked = line.strip_prefix(['-', '*', '+', '•']).or_else(|| {
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        (number.len() < line.len()).then(|| number.strip_prefix(['.', ')']))?
    });
    let item = marked?.strip_prefix(' ')?.trim_start();
    (!item.is_empty()).then_some(item)
}
