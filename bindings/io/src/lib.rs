//! Files around the environment: tasks in, transcripts in and out, figures out.
#![forbid(unsafe_code)]

mod binary;
mod error;
#[cfg(feature = "figures")]
pub mod figure;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod published;
mod row;
mod script;
mod tasks;
mod transcripts;

pub use error::{Error, Problem};
pub use published::{Curves, Pair, PublishedCurves, RewardCurves, published};
pub use script::{Ids, Piece, Played, Script, Step, Trained};
pub use tasks::{Filter, Item, exclude, read_tasks};
pub use transcripts::{Recorded, read_transcripts, write_transcript};
