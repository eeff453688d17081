//! Settings that are written as the name of a known one, or with their fields.

/// Reads a type, whose derived implementations are `remote = "Self"`, by its name or its fields, and
/// writes its fields.
macro_rules! named_or_fields {
    ($type:ty, $what:literal, $named:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$type>::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct NameOrFields;

                impl<'de> serde::de::Visitor<'de> for NameOrFields {
                    type Value = $type;

                    fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        f.write_str(concat!("the name or the fields of ", $what))
                    }

                    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$type, E> {
                        let named: Option<$type> = $named(name);
                        named.ok_or_else(|| {
                            E::custom(format_args!(concat!("there is no ", $what, " `{}`"), name))
                        })
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        map: A,
                    ) -> Result<$type, A::Error> {
                        <$type>::deserialize(serde::de::value::MapAccessDeserializer::new(map))
                    }
                }

                deserializer.deserialize_any(NameOrFields)
            }
        }
    };
}

/// Reads and writes a type as its name.
macro_rules! named {
    ($type:ty, $named:expr) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let name =
                    <alloc::string::String as serde::Deserialize>::deserialize(deserializer)?;
                $named(&name).map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use {named, named_or_fields};
