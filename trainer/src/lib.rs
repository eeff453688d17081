//! PPO for multi-attempt episodes on candle.
