//! The steps for everything that is written in Rust, the quick ones first.

use std::process::Command;

use crate::shell::{Shell, cargo};
use crate::test::Step;
use crate::{Outcome, no_std, tools};

pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "tools",
        run: tools::install,
    },
    Step {
        name: "format",
        run: |shell| shell.cargo("fmt --all --check"),
    },
    Step {
        name: "dependencies",
        run: dependencies,
    },
    Step {
        name: "core without std",
        run: no_std::prove,
    },
    Step {
        name: "clippy: core, feature sets",
        run: clippy_features,
    },
    Step {
        name: "clippy: workspace",
        run: |shell| shell.cargo("clippy --workspace --all-targets -- -D warnings"),
    },
    Step {
        name: "docs",
        run: docs,
    },
    Step {
        name: "tests: core",
        run: |shell| shell.test("--package resit"),
    },
    Step {
        name: "tests: core, no features",
        run: |shell| shell.test("--package resit --no-default-features"),
    },
    Step {
        name: "tests: core, all features",
        run: |shell| shell.test("--package resit --all-features"),
    },
    // Core has been tested above under features of its own choice, not the workspace's union.
    Step {
        name: "tests: workspace",
        run: |shell| shell.test("--workspace --exclude resit"),
    },
    Step {
        name: "tests: files, all features",
        run: |shell| shell.test("--package resit-io --all-features"),
    },
];

/// Core has to build with any choice of its features, not only with those that its users in the
/// workspace turn on together.
fn clippy_features(shell: &mut Shell) -> Outcome {
    for features in ["", "std", "serde", "binary", "regex", "parallel"] {
        shell.cargo(&format!(
            "clippy --package resit --no-default-features --features={features} -- -D warnings"
        ))?;
    }
    shell.cargo("clippy --package resit --all-features -- -D warnings")
}

/// Core with all its features, so that what is behind one is checked too; then the rest.
fn docs(shell: &mut Shell) -> Outcome {
    for packages in [
        &["--package", "resit", "--all-features"][..],
        &["--workspace", "--exclude", "resit"],
    ] {
        let mut command = cargo();
        command.args(["doc", "--no-deps"]).args(packages);
        shell.run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    }
    Ok(())
}

/// Advisories are not part of this: their database has to be fetched.
fn dependencies(shell: &mut Shell) -> Outcome {
    let mut command = Command::new(tools::cargo_deny()?);
    shell.run(command.args(["--workspace", "check", "bans", "licenses", "sources"]))
}
