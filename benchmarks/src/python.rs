//! A Python process beside this one, which answers each line of JSON with another.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running script.
pub(crate) struct Script {
    name: &'static str,
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Script {
    /// Starts a script of `benchmarks/python` on an interpreter that has the packages it needs.
    pub(crate) fn start(python: &Path, name: &'static str) -> Result<Self, Box<dyn Error>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let mut child = Command::new(python)
            .arg(folder.join(name))
            // Nothing is asked of any hub.
            .env("HF_HUB_OFFLINE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} did not start: {error}", python.display()))?;
        let (requests, replies) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            name,
            child,
            requests: requests.ok_or("no pipe")?,
            replies: BufReader::new(replies.ok_or("no pipe")?),
        })
    }

    /// The reply to a request. What the script says of a failure is an error.
    pub(crate) fn ask(&mut self, request: &Value) -> Result<Value, Box<dyn Error>> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        let mut line = String::new();
        self.replies.read_line(&mut line)?;
        let reply: Value = serde_json::from_str(&line)
            .map_err(|error| format!("{} did not reply: {error}", self.name))?;
        match reply["error"].as_str() {
            Some(error) => Err(format!("{}: {error}", self.name).into()),
            None => Ok(reply),
        }
    }
}

/// The numbers of a list in a reply.
pub(crate) fn numbers(reply: &Value, name: &str) -> Vec<f64> {
    let list = reply[name].as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_f64).collect()
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
