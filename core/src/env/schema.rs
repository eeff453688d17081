//! The written forms of an episode. Their version changes whenever an older reader would read a
//! newer episode wrongly, or a newer one an older.

/// The version of the schema, 1: written with every episode, and compared when one is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Version;

pub(super) const VERSION: u32 = 1;

#[cfg(feature = "serde")]
impl serde::Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(VERSION)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            VERSION => Ok(Self),
            other => Err(serde::de::Error::custom(format_args!(
                "an episode of version {other}; this reader knows version {VERSION}"
            ))),
        }
    }
}

/// What is shared in memory is written out.
#[cfg(feature = "serde")]
pub(super) mod shared {
    use alloc::sync::Arc;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::env) fn serialize<T: Serialize, S: Serializer>(
        value: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.as_ref().serialize(serializer)
    }

    pub(in crate::env) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}

#[cfg(feature = "binary")]
mod binary {
    use alloc::vec::Vec;

    use super::VERSION;
    use crate::env::{EnvError, Episode};

    /// What a written episode starts with, before the version as one byte.
    const MAGIC: &[u8] = b"resit";

    impl<R> Episode<R> {
        /// The compact binary form: `resit`, the version as one byte, and the fields in the encoding
        /// of postcard, in the order and with the types of the JSON form. Episodes written one after
        /// another can be read so.
        ///
        /// # Errors
        ///
        /// [`EnvError::Unwritable`], if memory is short.
        pub fn to_bytes(&self) -> Result<Vec<u8>, EnvError> {
            let mut bytes = Vec::from(MAGIC);
            bytes.push(VERSION as u8);
            postcard::to_extend(self, bytes).map_err(|_| EnvError::Unwritable)
        }

        /// Reads an episode from the start of `bytes`, and returns it with the bytes after it.
        ///
        /// # Errors
        ///
        /// [`EnvError::UnknownVersion`] and [`EnvError::NotAnEpisode`].
        pub fn from_bytes(bytes: &[u8]) -> Result<(Self, &[u8]), EnvError> {
            let rest = bytes.strip_prefix(MAGIC).ok_or(EnvError::NotAnEpisode)?;
            let (version, rest) = rest.split_first().ok_or(EnvError::NotAnEpisode)?;
            let version = u32::from(*version);
            if version != VERSION {
                return Err(EnvError::UnknownVersion {
                    version,
                    known: VERSION,
                });
            }
            postcard::take_from_bytes(rest).map_err(|_| EnvError::NotAnEpisode)
        }
    }
}
