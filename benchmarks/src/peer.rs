//! Other graders, in a Python process beside this one.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use resit_tests::data::{Case, Input};
use serde_json::{Value, json};

use crate::side_by_side::Round;

/// What `graders.py` calls a grader, and what it is.
pub(crate) const GRADERS: [(&str, &str); 2] = [
    ("math_verify", "Math-Verify 0.9.0"),
    ("prm800k", "PRM800K's strings"),
];

/// A running `graders.py`.
pub(crate) struct Peers {
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Peers {
    /// Starts the graders on an interpreter that has the packages of `requirements.txt`.
    pub(crate) fn start(python: &Path) -> Result<Self, Box<dyn Error>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/graders.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", python.display()))?;
        let (requests, replies) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            child,
            requests: requests.ok_or("no pipe")?,
            replies: BufReader::new(replies.ok_or("no pipe")?),
        })
    }

    /// Grades all `cases` once.
    pub(crate) fn round(&mut self, grader: &str, cases: &[Case]) -> Result<Round, Box<dyn Error>> {
        let cases: Vec<Value> = cases
            .iter()
            .map(|case| match &case.input {
                Input::Answer(text) => json!([case.reference, text, false]),
                Input::Response(text) => json!([case.reference, text, true]),
            })
            .collect();
        writeln!(
            self.requests,
            "{}",
            json!({"grader": grader, "cases": cases})
        )?;
        self.requests.flush()?;
        let mut line = String::new();
        self.replies.read_line(&mut line)?;
        let reply: Value = serde_json::from_str(&line)
            .map_err(|error| format!("graders.py failed on {grader}: {error}"))?;
        let numbers = |name: &str| reply[name].as_array().cloned().unwrap_or_default();
        let seconds: Vec<f64> = numbers("seconds")
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        let correct: Vec<bool> = numbers("correct")
            .iter()
            .filter_map(Value::as_bool)
            .collect();
        if seconds.len() != cases.len() || correct.len() != cases.len() {
            return Err(format!("graders.py left out cases of {grader}").into());
        }
        Ok(Round { seconds, correct })
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
