mod bounds;
mod forms;
mod identities;
mod sampled;
mod value;
