//! The layout `<think>…</think> <answer>…</answer>`.

use super::scan::Scan;

const TAGS: [&str; 4] = ["<think>", "</think>", "<answer>", "</answer>"];

/// The content of the last closed pair of answer tags after the reasoning.
pub(super) fn last<'a>(response: &'a str, scan: &Scan) -> Option<&'a str> {
    let reply = response.get(scan.reply.clone())?;
    let (before, _) = reply.rsplit_once("</answer>")?;
    let (_, content) = before.rsplit_once("<answer>")?;
    Some(content.trim())
}

/// Whether the response is laid out so, with nothing outside the tags and no tag inside.
pub(super) fn are_laid_out(response: &str, scan: &Scan) -> bool {
    let contents = || {
        let text = response.get(..scan.reply.end)?.trim();
        let (thought, rest) = text.strip_prefix("<think>")?.split_once("</think>")?;
        let rest = rest.trim_start().strip_prefix("<answer>")?;
        Some([thought, rest.strip_suffix("</answer>")?])
    };
    contents().is_some_and(|contents| {
        contents.iter().all(|content| {
            !content.trim().is_empty() && !TAGS.iter().any(|tag| content.contains(tag))
        })
    })
}
