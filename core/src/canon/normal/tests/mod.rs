mod identities;
mod sampled;
mod value;
