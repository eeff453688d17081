use resit::env::{Attempts, Task};
use resit_trainer::dialogue::dialogue;
use resit_trainer::{Error, Result};

use super::policy::{PolicyArgs, SamplingArgs};

/// Play a question, and print what was said
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    policy: PolicyArgs,
    /// The question
    #[arg(value_name = "QUESTION")]
    question: String,
    /// Its answer, by which attempts are judged
    #[arg(long, value_name = "ANSWER")]
    answer: String,
    /// How many attempts each episode grants; default: as the environment draws them
    #[arg(long, value_name = "N")]
    attempts: Option<u32>,
    /// How many episodes are played
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1)]
    samples: usize,
    #[command(flatten)]
    sampling: SamplingArgs,
    /// Of what is sampled
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    if args.samples == 0 {
        return Err(Error::Config("at least one sample is played".into()));
    }
    let mut policy = args.policy.load(4096)?;
    if let Some(attempts) = args.attempts {
        policy.environment.attempts = Attempts::Fixed(attempts);
    }
    let tasks = vec![Task::new(&*args.question, &*args.answer); args.samples];
    let mut agent = policy.agent(args.samples)?;
    let sampling = args.sampling.with(1.0);
    let episodes = agent.play(&policy.environment, &tasks, sampling, args.seed)?;
    let mut solved = 0;
    for (index, episode) in episodes.iter().enumerate() {
        println!("sample {} of {}\n", index + 1, args.samples);
        print!("{}", dialogue(episode));
        let reward = policy.environment.rewards.reward(episode.state());
        println!("reward {}\n", reward.unwrap_or(0.0));
        solved += usize::from(
            episode
                .state()
                .results
                .iter()
                .any(|result| result.correct()),
        );
    }
    println!("{solved} of {} solved", args.samples);
    Ok(())
}
