//! The command line. Part names are checked where the parts are listed.

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Help,
    Test { only: Option<String>, long: bool },
    Bench { only: Option<String> },
    Cuda,
    Web,
    Wheel,
}

pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Task, String> {
    let task = args.next().ok_or("xtask: a task is missing")?;
    let (mut only, mut long) = (None, false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--only" if !matches!(task.as_str(), "cuda" | "web" | "wheel") => {
                only = Some(
                    args.next()
                        .ok_or("xtask: --only needs the name of a part")?,
                )
            }
            "--long" if task == "test" => long = true,
            "-h" | "--help" => return Ok(Task::Help),
            _ => return Err(format!("xtask: {task} does not know {arg}")),
        }
    }
    match task.as_str() {
        "test" => Ok(Task::Test { only, long }),
        "bench" => Ok(Task::Bench { only }),
        "cuda" => Ok(Task::Cuda),
        "web" => Ok(Task::Web),
        "wheel" => Ok(Task::Wheel),
        "help" | "-h" | "--help" => Ok(Task::Help),
        _ => Err(format!("xtask: there is no task {task}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Task, parse};

    fn words(line: &str) -> Result<Task, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read_in_any_order() {
        let expected = Ok(Task::Test {
            only: Some("rust".into()),
            long: true,
        });
        assert_eq!(words("test --only rust --long"), expected);
        assert_eq!(words("test --long --only rust"), expected);
        assert_eq!(words("bench"), Ok(Task::Bench { only: None }));
        assert_eq!(words("wheel"), Ok(Task::Wheel));
        assert_eq!(words("cuda"), Ok(Task::Cuda));
        assert_eq!(words("test --help"), Ok(Task::Help));
        assert_eq!(words("web"), Ok(Task::Web));
    }

    #[test]
    fn what_is_not_known_is_named() {
        for (line, word) in [
            ("", "task"),
            ("deploy", "deploy"),
            ("test --fast", "--fast"),
            ("bench --long", "--long"),
            ("test --only", "--only"),
            ("web --only rust", "--only"),
            ("wheel --only", "--only"),
        ] {
            let error = words(line).expect_err(line);
            assert!(error.contains(word), "{error}");
        }
    }
}
