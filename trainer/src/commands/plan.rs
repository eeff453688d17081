use resit_trainer::Result;
use resit_trainer::checkpoint;
use resit_trainer::plan::{Machine, Plan};

use super::ConfigArgs;

/// Estimate the memory and the time of a run, without loading anything
///
/// Of the model only config.json is read. What is assumed stands below the table. Without --tflops, --gbps
/// and --memory a CUDA device is an H200 by its data sheet, and a CPU is measured for a moment.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    config: ConfigArgs,
    /// Tokens that the policy samples in an episode, on average; default: a third of the context
    #[arg(long, value_name = "TOKENS")]
    sampled: Option<f64>,
    /// Floating-point operations that the device reaches in training, in 10^12 per second
    #[arg(long, value_name = "RATE")]
    tflops: Option<f64>,
    /// Bytes that the device reaches in generating, in 10^9 per second
    #[arg(long, value_name = "RATE")]
    gbps: Option<f64>,
    /// Memory of the device, in 10^9 bytes
    #[arg(long, value_name = "SIZE")]
    memory: Option<f64>,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let config = args.config.read()?;
    let model = checkpoint::read_config(&config.model)?;
    let mut machine = Machine::of(&config.device)?;
    if args.tflops.is_some() || args.gbps.is_some() {
        machine.flops = args.tflops.map_or(machine.flops, |rate| 1e12 * rate);
        machine.bandwidth = args.gbps.map_or(machine.bandwidth, |rate| 1e9 * rate);
        machine.origin = format!(
            "time: {:.3} TFLOP/s and {:.0} GB/s, as given",
            machine.flops / 1e12,
            machine.bandwidth / 1e9
        );
    }
    machine.memory = args.memory.map(|size| 1e9 * size).or(machine.memory);
    let sampled = args
        .sampled
        .unwrap_or(config.sampling.context_length as f64 / 3.0);
    print!("{}", Plan::new(&config, &model, &machine, sampled)?);
    Ok(())
}
