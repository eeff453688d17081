//! transformers on PyTorch, in a process beside this one.

use std::error::Error;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A running `trainer.py`.
pub(super) struct Peer {
    child: Child,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
}

impl Peer {
    /// On an interpreter that has torch and transformers.
    pub(super) fn start(python: &Path) -> Result<Self, Box<dyn Error>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/trainer.py");
        let mut child = Command::new(python)
            .arg(script)
            // Nothing is asked of any hub.
            .env("HF_HUB_OFFLINE", "1")
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

    /// The reply to a request. What the script says of a failure is an error.
    pub(super) fn ask(&mut self, request: &Value) -> Result<Value, Box<dyn Error>> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        let mut line = String::new();
        self.replies.read_line(&mut line)?;
        let reply: Value = serde_json::from_str(&line)
            .map_err(|error| format!("trainer.py did not reply: {error}"))?;
        match reply["error"].as_str() {
            Some(error) => Err(error.into()),
            None => Ok(reply),
        }
    }
}

/// The numbers of a list in a reply.
pub(super) fn numbers(reply: &Value, name: &str) -> Vec<f64> {
    let list = reply[name].as_array().map_or(&[][..], Vec::as_slice);
    list.iter().filter_map(Value::as_f64).collect()
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
