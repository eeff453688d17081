//! The npm package: how it is built, and the steps that check it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Map, Value};

use crate::Outcome;
use crate::shell::{Shell, cargo, root, target_folder};
use crate::test::Step;
use crate::tools;

pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "web: tools",
        run: |shell| Tools::install(shell).map(drop),
    },
    Step {
        name: "web: package",
        run: package,
    },
    Step {
        name: "web: Rust in Chromium",
        run: rust_in_chromium,
    },
    Step {
        name: "web: package in Node",
        run: |shell| tests(shell, "node"),
    },
    Step {
        name: "web: package in Chromium",
        run: |shell| tests(shell, "chromium"),
    },
    Step {
        name: "web: pages",
        run: |shell| tests(shell, "page"),
    },
];

/// The same version as the crate's in the root `Cargo.toml`.
const WASM_BINDGEN: &str = "0.2.130";

const TARGET: &str = "wasm32-unknown-unknown";

/// The smallest build: the standard library is built along, for size, and a panic is a trap without a
/// message.
const FLAGS: [&str; 5] = [
    "--target",
    TARGET,
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
    "--profile=web",
];

/// What browsers have had for years. wasm-opt's `--all-features` makes files that they refuse.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-reference-types",
];

/// Passes of `-Oz` that make the module shorter and its gzip longer by 6 % together: they give each
/// function an order of its locals and a nesting of its own, where what the compiler wrote repeats,
/// and cut the data at its zeros.
const SKIPPED_PASSES: [&str; 7] = [
    "--skip-pass=inlining-optimizing",
    "--skip-pass=local-cse",
    "--skip-pass=memory-packing",
    "--skip-pass=reorder-functions",
    "--skip-pass=simplify-locals",
    "--skip-pass=simplify-locals-nostructure",
    "--skip-pass=ssa-nomerge",
];

/// What the package is built and tested with.
struct Tools {
    cargo: PathBuf,
    /// `None`: what cargo takes by itself.
    rustc: Option<PathBuf>,
    linker: Option<PathBuf>,
    /// Where wasm-bindgen's programs lie.
    wasm_bindgen: PathBuf,
}

/// Builds the package into `bindings/wasm/pkg` and the demo page into `bindings/wasm/site`.
pub(crate) fn build() -> Outcome {
    let mut shell = Shell::new("web", false)?;
    package(&mut shell).inspect_err(|_| print!("{}", shell.output()))?;
    println!("bindings/wasm/pkg   the npm package");
    println!("bindings/wasm/site  the demo, to be served as it is");
    Ok(())
}

/// The figures that `tests/bench.mjs` prints.
pub(crate) fn measure() -> Outcome<Map<String, Value>> {
    build()?;
    let output = node("tests/bench.mjs")
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("node did not start: {error}"))?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        return Err(format!("tests/bench.mjs failed, {}\n{printed}", output.status).into());
    }
    let last = printed.lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .map_err(|error| format!("the last line of tests/bench.mjs is no JSON: {error}").into())
}

fn package(shell: &mut Shell) -> Outcome {
    let tools = Tools::install(shell)?;
    shell.run(
        tools
            .cargo("build")?
            .args(["--package", "resit-wasm", "--lib"]),
    )?;
    let built = target(TARGET)?.join("web/resit_wasm.wasm");
    let folder = target("package")?;
    shell.run(
        Command::new(tools.wasm_bindgen("wasm-bindgen"))
            .args(["--target", "web", "--no-typescript", "--out-name", "glue"])
            .arg("--remove-producers-section")
            .arg("--omit-default-module-path")
            .arg("--out-dir")
            .arg(&folder)
            .arg(built),
    )?;
    modules(shell)?;
    shell.run(
        node("node_modules/binaryen/bin/wasm-opt")
            .arg("-Oz")
            .args(SKIPPED_PASSES)
            // Below address 1024 lies only the far end of the stack, so what is added to an address
            // can be an offset.
            .arg("--low-memory-unused")
            // The alignment of loads and stores is a hint that engines leave unread.
            .arg("--dealign")
            // Instances of one generic function, and the functions of one module, side by side: gzip
            // looks back 32 KB. It takes 2 % off. The names are not written.
            .arg("--reorder-functions-by-name")
            .args(FEATURES)
            .arg(folder.join("glue_bg.wasm"))
            .arg("-o")
            .arg(folder.join("resit.wasm")),
    )?;
    shell.run(node("build.mjs").arg(folder))
}

/// The crate's own tests, as wasm-bindgen-test runs them in a browser.
fn rust_in_chromium(shell: &mut Shell) -> Outcome {
    let tools = Tools::install(shell)?;
    shell.run(
        tools
            .cargo("test")?
            .args(["--package", "resit-wasm", "--test", "browser"])
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                tools.wasm_bindgen("wasm-bindgen-test-runner"),
            )
            .env("CHROMEDRIVER", "chromedriver"),
    )
}

/// `tests/NAME.test.mjs`.
fn tests(shell: &mut Shell, name: &str) -> Outcome {
    modules(shell)?;
    let file = folder().join("tests").join(format!("{name}.test.mjs"));
    shell.run(Command::new("node").arg("--test").arg(file))
}

/// A command of Node for a script of `bindings/wasm`.
fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(folder().join(script));
    command
}

fn folder() -> PathBuf {
    root().join("bindings/wasm")
}

/// Where the builds for the web lie, apart from those of the host's compiler.
fn target(folder: &str) -> Outcome<PathBuf> {
    Ok(target_folder()?.join("web").join(folder))
}

/// Installs what `package-lock.json` pins into the cache folder, and links `node_modules` to it.
fn modules(shell: &mut Shell) -> Outcome {
    let cached = tools::cache()?.join("node/web");
    let wanted = fs::read(folder().join("package-lock.json"))?;
    let installed = cached.join("node_modules/.installed");
    if fs::read(&installed).ok().as_ref() != Some(&wanted) {
        fs::create_dir_all(&cached)?;
        for file in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(folder().join(file), cached.join(file))?;
        }
        shell.run(Command::new("npm").args(["ci", "--prefix"]).arg(&cached))?;
        fs::write(&installed, wanted)?;
    }
    let link = folder().join("node_modules");
    let modules = cached.join("node_modules");
    if fs::read_link(&link).is_ok_and(|to| to == modules) {
        return Ok(());
    }
    let _ = fs::remove_file(&link);
    symlink(&modules, &link)
        .map_err(|error| format!("{} cannot be a link: {error}", link.display()).into())
}

#[cfg(unix)]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(windows)]
fn symlink(to: &Path, link: &Path) -> std::io::Result<()> {
    std::os::windows::fs::symlink_dir(to, link)
}

impl Tools {
    /// Finds everything, and installs what is missing.
    fn install(shell: &mut Shell) -> Outcome<Self> {
        for program in ["node", "npm"] {
            if !works(program) {
                return Err(format!("{program} is missing: install Node.js 20 or later").into());
            }
        }
        let mut missing = Vec::new();
        for (program, package) in [
            ("chromium", "chromium"),
            ("chromedriver", "chromium-driver"),
        ] {
            if !works(program) {
                missing.push(package);
            }
        }
        let rust = rust_with_sources();
        if rust.is_none() {
            missing.extend(DEBIAN_RUST);
        }
        apt(shell, &missing)?;
        let (cargo, rustc, linker) = rust.or_else(rust_with_sources).ok_or(
            "the sources of Rust's standard library are missing: `rustup component add rust-src`",
        )?;
        let program = tools::build(shell, "wasm-bindgen-cli", WASM_BINDGEN, "wasm-bindgen")?;
        let wasm_bindgen = program.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Self {
            cargo,
            rustc,
            linker,
            wasm_bindgen,
        })
    }

    fn wasm_bindgen(&self, program: &str) -> PathBuf {
        self.wasm_bindgen.join(program)
    }

    /// `cargo COMMAND` for the web.
    fn cargo(&self, command: &str) -> Outcome<Command> {
        let mut cargo = Command::new(&self.cargo);
        cargo
            .arg(command)
            .args(FLAGS)
            // Building the standard library along is no part of the stable compiler's interface.
            .env("RUSTC_BOOTSTRAP", "1")
            .env(
                "CARGO_ENCODED_RUSTFLAGS",
                "-Zunstable-options\u{1f}-Cpanic=immediate-abort\u{1f}-Zpanic-abort-tests",
            )
            .env("CARGO_TARGET_DIR", target("")?)
            .env_remove("RUSTUP_TOOLCHAIN");
        if let Some(rustc) = &self.rustc {
            cargo.env("RUSTC", rustc);
        }
        if let Some(linker) = &self.linker {
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        Ok(cargo)
    }
}

/// Debian's compiler with the sources of its standard library, and a linker.
const DEBIAN_RUST: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];

/// A cargo and a compiler whose standard library can be built along, and its linker: rustup's with the
/// component `rust-src`, or Debian's.
fn rust_with_sources() -> Option<(PathBuf, Option<PathBuf>, Option<PathBuf>)> {
    let ours = |rustc: &Path| {
        let output = Command::new(rustc).args(["--print", "sysroot"]).output();
        let sysroot = String::from_utf8(output.ok()?.stdout).ok()?;
        let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library/std");
        library.exists().then_some(())
    };
    if ours(Path::new("rustc")).is_some() {
        return Some((cargo().get_program().into(), None, None));
    }
    let (rustc, cargo) = (Path::new("/usr/bin/rustc"), Path::new("/usr/bin/cargo"));
    ours(rustc)?;
    Some((
        cargo.into(),
        Some(rustc.into()),
        Some(PathBuf::from("wasm-ld-22")),
    ))
}

fn works(program: &str) -> bool {
    let mut command = Command::new(program);
    command.arg("--version").stdin(Stdio::null());
    command.output().is_ok_and(|output| output.status.success())
}

/// Installs packages of Debian.
fn apt(shell: &mut Shell, packages: &[&str]) -> Outcome {
    if packages.is_empty() {
        return Ok(());
    }
    let apt = |shell: &mut Shell, args: &[&str]| {
        let root = Command::new("id").arg("-u").output();
        let mut command = if root.is_ok_and(|id| id.stdout.trim_ascii() == b"0") {
            Command::new("apt-get")
        } else {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "apt-get"]);
            sudo
        };
        shell.run(command.args(args).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let install = [
        &["install", "-y", "-qq", "--no-install-recommends"],
        packages,
    ]
    .concat();
    apt(shell, &["update", "-qq"])
        .and_then(|()| apt(shell, &install))
        .map_err(|error| format!("{} could not be installed: {error}", packages.join(", ")).into())
}
