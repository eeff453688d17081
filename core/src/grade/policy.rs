/// Conventions under which answers are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {}
