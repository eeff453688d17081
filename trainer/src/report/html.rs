use std::fmt::Write;

use resit_io::figure::Figure;

use super::{Run, curves, figure_4};
use crate::Result;
use crate::dialogue::{outcome, turns};

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;\
                     color:#262626}svg{max-width:100%;height:auto}pre{white-space:pre-wrap;\
                     overflow-wrap:anywhere;background:#f4f4f4;padding:.6rem;margin:.2rem 0 .8rem}\
                     article{border-top:1px solid #ccc;margin-top:1.5rem}h3{font-size:1rem}";

/// A page that needs nothing else: the last metrics, the curves, what the policy said, the settings.
///
/// # Errors
///
/// A figure that cannot be drawn.
pub fn page(run: &Run) -> Result<String> {
    let name = escape(&run.name);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{name}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n"
    );
    let _ = writeln!(
        page,
        "<p>{} steps. At the last one:</p>\n<pre>",
        run.metrics.len()
    );
    for (name, value) in run.metrics.iter().next_back().into_iter().flatten() {
        let _ = writeln!(page, "{}: {}", escape(name), escape(&value.to_string()));
    }
    page.push_str("</pre>\n<h2>Curves</h2>\n");
    for figure in [figure_4(std::slice::from_ref(run), None), curves(run)] {
        page.push_str(&inline(&figure)?);
    }
    if !run.episodes.is_empty() {
        page.push_str("<h2>Dialogues</h2>\n");
    }
    for episode in &run.episodes {
        let task = episode.task();
        let _ = writeln!(
            page,
            "<article>\n<p>Answer: <code>{}</code>; {}.</p>",
            escape(&task.reference),
            escape(&outcome(episode))
        );
        for (speaker, said) in turns(episode) {
            let (speaker, said) = (escape(&speaker), escape(said.trim_end()));
            let _ = writeln!(page, "<h3>{speaker}</h3>\n<pre>{said}</pre>");
        }
        page.push_str("</article>\n");
    }
    if let Some(settings) = &run.settings {
        let settings = escape(settings);
        let _ = writeln!(page, "<h2>Settings</h2>\n<pre>{settings}</pre>");
    }
    page.push_str("</body>\n</html>\n");
    Ok(page)
}

/// The figure as an element, without what only a file of its own has.
fn inline(figure: &Figure) -> Result<String> {
    let svg = figure.svg("curves")?;
    let start = svg.find("<svg").unwrap_or(0);
    Ok(format!("{}\n", &svg[start..]))
}

/// So that nothing in it is markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A page may not hold these at all.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' => {
                escaped.push('\u{fffd}')
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_that_is_said_is_markup() {
        let said = "<script>alert('x')</script> & \"<|im_end|>\"\u{1b}[0m";
        let expected = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; \
                        &quot;&lt;|im_end|&gt;&quot;\u{fffd}[0m";
        assert_eq!(escape(said), expected);
    }
}
