//! Episodes for people to read.

use std::fmt::Write;

use resit::env::{Episode, SegmentKind, StopReason};

/// What was said, turn by turn, and what became of it.
pub fn dialogue<R>(episode: &Episode<R>) -> String {
    let mut text = String::new();
    for (speaker, said) in turns(episode) {
        let _ = writeln!(text, "[{speaker}]\n{}\n", said.trim_end());
    }
    let _ = writeln!(text, "[{}]", outcome(episode));
    text
}

/// Who says what.
pub(crate) fn turns<R>(episode: &Episode<R>) -> Vec<(String, String)> {
    let results = &episode.state().results;
    let segments = episode.transcript().segments().iter();
    let turns = segments.filter(|segment| segment.kind != SegmentKind::Context);
    let turn = |segment: &resit::env::Segment| {
        let number = segment.attempt;
        let speaker = match segment.kind {
            SegmentKind::Attempt => {
                let result = results.get((number as usize).wrapping_sub(1));
                let verdict = match result {
                    Some(result) if result.correct() => ", right",
                    Some(result) if result.formatted() => ", wrong",
                    Some(_) => ", no answer",
                    None => "",
                };
                format!("attempt {number}{verdict}")
            }
            SegmentKind::Prompt => "prompt".into(),
            SegmentKind::Reflection => "reflection".into(),
            SegmentKind::Verification => "verification".into(),
            _ => "environment".into(),
        };
        (speaker, segment.text.clone())
    };
    turns.map(turn).collect()
}

/// How it ended.
pub(crate) fn outcome<R>(episode: &Episode<R>) -> String {
    let state = episode.state();
    match state.stop {
        Some(StopReason::Solved) => format!("solved by attempt {}", state.used()),
        Some(reason) => format!("not solved, {reason:?}").to_lowercase(),
        None => "goes on".into(),
    }
}
