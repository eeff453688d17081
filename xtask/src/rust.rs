//! The steps for everything that is written in Rust, the quick ones first.

use std::process::Command;

use crate::shell::{Shell, cargo, root, target_folder};
use crate::test::Step;
use crate::{Outcome, no_std, python, tools};

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
        run: |shell| {
            shell.cargo(
                "clippy --workspace --all-targets --features resit-benchmarks/trainer -- -D warnings",
            )
        },
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
    Step {
        name: "cases and arithmetic against Python",
        run: against_python,
    },
    Step {
        name: "fuzzing",
        run: fuzz,
    },
];

/// Compares the labels of the cases with what sympy says, and the verdicts on generated pairs with what
/// Python's fractions, sympy and mpmath say.
fn against_python(shell: &mut Shell) -> Outcome {
    let folder = root().join("tests/differential");
    let python = python::interpreter("differential", &folder.join("requirements.txt"))?;
    shell.run(Command::new(&python).arg(root().join("tests/cases/check.py")))?;
    shell.cargo("build --package resit-cli")?;
    let resit = format!("resit{}", std::env::consts::EXE_SUFFIX);
    let count = if shell.is_long() { "200000" } else { "20000" };
    let mut command = Command::new(python);
    command
        .arg(folder.join("differential.py"))
        .arg(target_folder()?.join("debug").join(resit))
        .args(["--count", count]);
    shell.run(&mut command)
}

/// The targets of `fuzz/`, each with the seconds that one run of it takes.
const FUZZ_TARGETS: [&str; 3] = ["grade", "print", "symmetric"];
const FUZZ_SECONDS: u32 = 1800;

/// Runs each fuzz target for half an hour if the long way was asked for. The inputs in
/// `fuzz/corpus` are among the tests of the workspace.
fn fuzz(shell: &mut Shell) -> Outcome {
    if !shell.is_long() {
        return Ok(());
    }
    let cargo_fuzz = tools::cargo_fuzz(shell)?;
    for target in FUZZ_TARGETS {
        let found = target_folder()?.join("fuzz").join(target);
        std::fs::create_dir_all(&found)?;
        let mut command = Command::new(&cargo_fuzz);
        command
            // The coverage that fuzzing needs is no part of the stable compiler's interface.
            .env("RUSTC_BOOTSTRAP", "1")
            .args(["fuzz", "run", "--sanitizer", "none", target])
            .arg(found)
            .arg(format!("fuzz/corpus/{target}"))
            .arg("--")
            .arg(format!("-max_total_time={FUZZ_SECONDS}"))
            .args(["-max_len=600", "-timeout=5", "-dict=fuzz/latex.dict"]);
        shell.run(&mut command)?;
    }
    Ok(())
}

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
