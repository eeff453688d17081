//! The written form of an environment that grades.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Attempts, Budget, Chat, Ending, Environment, Feedback, RewardScheme, Template};
use crate::{Grader, Policy};

#[derive(Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Settings<'a> {
    template: Cow<'a, Template>,
    #[serde(skip_serializing)]
    chat: Option<Chat>,
    #[serde(skip_serializing)]
    feedback: Option<Feedback>,
    rewards: RewardScheme,
    attempts: Cow<'a, Attempts>,
    budget: Budget,
    ending: Cow<'a, Ending>,
    policy: Cow<'a, Policy>,
}

/// How [`Attempts`] may be written.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a number of attempts, or how it is drawn")]
pub(super) enum Count {
    Number(u32),
    Drawn(Drawn),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Drawn {
    Fixed(u32),
    Uniform { max: u32 },
    Weighted(Vec<u32>),
}

impl From<Count> for Attempts {
    fn from(count: Count) -> Self {
        match count {
            Count::Number(attempts) | Count::Drawn(Drawn::Fixed(attempts)) => Self::Fixed(attempts),
            Count::Drawn(Drawn::Uniform { max }) => Self::Uniform { max },
            Count::Drawn(Drawn::Weighted(weights)) => Self::Weighted(weights),
        }
    }
}

impl Default for Settings<'_> {
    fn default() -> Self {
        let environment = Environment::default();
        Self {
            template: Cow::Owned(environment.template),
            chat: None,
            feedback: None,
            rewards: environment.rewards,
            attempts: Cow::Owned(environment.attempts),
            budget: environment.budget,
            ending: Cow::Owned(environment.ending),
            policy: Cow::Owned(environment.verifier.policy().clone()),
        }
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let settings = Settings {
            template: Cow::Borrowed(&self.template),
            chat: None,
            feedback: None,
            rewards: self.rewards,
            attempts: Cow::Borrowed(&self.attempts),
            budget: self.budget,
            ending: Cow::Borrowed(&self.ending),
            policy: Cow::Borrowed(self.verifier.policy()),
        };
        settings.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let settings = Settings::deserialize(deserializer)?;
        let mut template = settings.template.into_owned();
        template.chat = settings.chat.unwrap_or(template.chat);
        template.feedback = settings.feedback.unwrap_or(template.feedback);
        Ok(Self {
            template,
            rewards: settings.rewards,
            attempts: settings.attempts.into_owned(),
            budget: settings.budget,
            ending: settings.ending.into_owned(),
            verifier: Grader::new(settings.policy.into_owned()),
        })
    }
}
