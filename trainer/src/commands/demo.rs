use std::path::PathBuf;

use indicatif::MultiProgress;
use resit_trainer::Result;
use resit_trainer::demo::{Ablation, Demo, DemoTask};

/// Watch a small model learn to use its second attempt: about two minutes on two cores
///
/// Its settings are configs/demo_hidden_operator.toml and configs/demo_operators.toml.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// What the models learn
    #[arg(long, value_enum, default_value = "hidden-operator")]
    task: DemoTask,
    /// Vary one thing of the multi-attempt policy instead; only with --task operators
    #[arg(long, value_enum)]
    ablate: Option<Ablation>,
    /// Take policies that were trained with the same settings from --out, as after an interruption
    #[arg(long)]
    resume: bool,
    /// Optimizer steps of the warm start
    #[arg(long)]
    warm_start_steps: Option<usize>,
    /// Peak learning rate of the policies; their critics' is three times as large
    #[arg(long)]
    learning_rate: Option<f64>,
    /// The seed; with --seeds, the first of them
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many seeds to run, one after another
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    seeds: u64,
    /// Where results.json, the metrics, the weights, the transcripts and the figures go
    #[arg(long, default_value = "runs/demo")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    one_thread_per_tensor_operation();
    let mut demo = Demo {
        ablate: args.ablate,
        resume: args.resume,
        ..Demo::new(args.task, args.seed, args.seeds, &args.out)?
    };
    if let Some(steps) = args.warm_start_steps {
        demo.sft.steps = steps;
    }
    if let Some(rate) = args.learning_rate {
        demo.ppo.learning_rate = rate;
        demo.ppo.critic_learning_rate = 3.0 * rate;
    }
    let report = demo.run(&MultiProgress::new())?;
    println!(
        "{report}\nResults, metrics, weights, transcripts and figures: {}",
        args.out.display()
    );
    Ok(())
}

/// Candle's threads wait for each other in a spin loop at each operation, which costs a model as
/// small as the demo's more than they bring. The demo runs its two arms side by side instead.
#[allow(unsafe_code)]
fn one_thread_per_tensor_operation() {
    const THREADS: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(THREADS).is_none() {
        // SAFETY: no other thread has been started yet.
        unsafe { std::env::set_var(THREADS, "1") };
    }
}
