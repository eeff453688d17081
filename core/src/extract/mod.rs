//! Model output → the span that holds its answer.
