//! The settings of a grader and of an environment, by the names that serde gives them, which the tests
//! compare.

use resit::env::{
    Aggregate, Attempts, Budget, Chat, Credit, Ending, Environment, Feedback, Interlude,
    LengthPenalty, Purpose, RewardScheme, Role, Template, Thinking,
};
use resit::extract::Extraction;
use resit::grade::{Brackets, Conventions, Lists, Requirement, Rounding, Spelling, Units};
use resit::{Grader, Limits, Policy};

use crate::given::{Read, Value, unknown};

/// How an answer is graded.
#[derive(Default)]
pub(crate) struct Options {
    policy: Policy,
    extraction: Option<Extraction>,
    pub(crate) explain: bool,
}

impl Options {
    pub(crate) fn read(value: &Value) -> Read<Self> {
        let mut options = Self::default();
        if let Some(value) = value.option() {
            value.fields(&[], &mut |name, value| {
                match name {
                    "policy" => options.policy = policy(value)?,
                    "extract" => options.extraction = value.option().map(extraction).transpose()?,
                    "explain" => options.explain = value.flag()?,
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
        }
        Ok(options)
    }

    pub(crate) fn grader(self) -> Grader {
        let mut policy = self.policy;
        policy.extraction = self.extraction.unwrap_or(policy.extraction);
        Grader::new(policy)
    }
}

/// The environment that is given, and the default's where nothing is.
pub fn environment(value: &Value) -> Read<Environment> {
    let mut environment = Environment::default();
    let Some(value) = value.option() else {
        return Ok(environment);
    };
    // In place of those of the template, wherever they stand.
    let (mut own_chat, mut own_feedback) = (None, None);
    value.fields(&[], &mut |name, value| {
        match name {
            "template" => environment.template = template(value)?,
            "chat" => own_chat = value.option().map(chat).transpose()?,
            "feedback" => own_feedback = value.option().map(feedback).transpose()?,
            "rewards" => environment.rewards = rewards(value)?,
            "attempts" => environment.attempts = attempts(value)?,
            "budget" => environment.budget = budget(value)?,
            "ending" => environment.ending = ending(value)?,
            "policy" => environment.verifier = Grader::new(policy(value)?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let template = &mut environment.template;
    if let Some(chat) = own_chat {
        template.chat = chat;
    }
    if let Some(feedback) = own_feedback {
        template.feedback = feedback;
    }
    Ok(environment)
}

fn named<T>(what: &str, value: &Value, named: fn(&str) -> Option<T>) -> Read<T> {
    let name = value.text()?;
    named(name).ok_or_else(|| ["there is no ", what, " `", name, "`"].concat())
}

fn extraction(value: &Value) -> Read<Extraction> {
    named("extraction", value, Extraction::named)
}

fn policy(value: &Value) -> Read<Policy> {
    if !matches!(value, Value::Object(_)) {
        return named("policy", value, Policy::named);
    }
    let mut policy = Policy::default();
    value.fields(&[], &mut |name, value| {
        match name {
            "extraction" => policy.extraction = extraction(value)?,
            "conventions" => policy.conventions = conventions(value)?,
            "requirement" => {
                let requirement = |value| named("requirement", value, Requirement::named);
                policy.requirement = value.option().map(requirement).transpose()?;
            }
            "limits" => policy.limits = limits(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(policy)
}

fn conventions(value: &Value) -> Read<Conventions> {
    let mut given = Conventions::default();
    value.fields(&[], &mut |name, value| {
        match name {
            "kinds" => given.kinds = value.flag()?,
            "names" => given.names = value.flag()?,
            "domains" => given.domains = value.flag()?,
            "hundredfold" => given.hundredfold = value.flag()?,
            "rounding" => given.rounding = rounding(value)?,
            "units" => {
                given.units = value.one(&[Units::Written, Units::Converted, Units::Ignored])?;
            }
            "lists" => given.lists = value.one(&[Lists::Multiset, Lists::Set, Lists::InOrder])?,
            "brackets" => {
                let all = [Brackets::Counted, Brackets::Optional, Brackets::Alike];
                given.brackets = value.one(&all)?;
            }
            "spelling" => {
                given.spelling = value.one(&[Spelling::Words, Spelling::Case, Spelling::Bare])?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(given)
}

fn rounding(value: &Value) -> Read<Rounding> {
    if !matches!(value, Value::Object(_)) {
        return value.one(&[Rounding::Never]);
    }
    let mut rounding = Rounding::Never;
    value.fields(&[], &mut |name, value| {
        rounding = match name {
            "significant" => Rounding::Significant(value.whole()?),
            "places" => Rounding::Places(value.whole()?),
            "relative" => Rounding::Relative(value.whole()?),
            _ => return Ok(false),
        };
        Ok(true)
    })?;
    Ok(rounding)
}

fn limits(value: &Value) -> Read<Limits> {
    let mut limits = Limits::default();
    value.fields(&[], &mut |name, value| {
        match name {
            "length" => limits.length = value.whole()?,
            "depth" => limits.depth = value.whole()?,
            "fuel" => limits.fuel = value.whole()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(limits)
}

fn template(value: &Value) -> Read<Template> {
    if !matches!(value, Value::Object(_)) {
        return named("template", value, Template::named);
    }
    let mut template = Template::plain();
    value.fields(
        &["chat", "system", "user", "feedback"],
        &mut |name, value| {
            match name {
                "chat" => template.chat = chat(value)?,
                "system" => template.system = value.string()?,
                "user" => template.user = value.string()?,
                "feedback" => template.feedback = feedback(value)?,
                _ => return Ok(false),
            }
            Ok(true)
        },
    )?;
    Ok(template)
}

fn chat(value: &Value) -> Read<Chat> {
    if !matches!(value, Value::Object(_)) {
        return named("chat", value, Chat::named);
    }
    let mut chat = Chat::plain();
    let required = [
        "start",
        "user",
        "assistant",
        "end_of_turn",
        "after_turn",
        "thinking",
    ];
    value.fields(&required, &mut |name, value| {
        match name {
            "start" => chat.start = value.string()?,
            "system" => chat.system = value.option().map(Value::pair).transpose()?,
            "user" => chat.user = value.pair()?,
            "assistant" => chat.assistant = value.string()?,
            "end_of_turn" => chat.end_of_turn = value.string()?,
            "after_turn" => chat.after_turn = value.string()?,
            "thinking" => {
                chat.thinking = value.one(&[Thinking::Keep, Thinking::Drop, Thinking::Fork])?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(chat)
}

fn feedback(value: &Value) -> Read<Feedback> {
    if !matches!(value, Value::Object(_)) {
        return named("feedback", value, Feedback::named);
    }
    let mut feedback = Feedback::none();
    value.fields(&["role", "text"], &mut |name, value| {
        match name {
            "role" => feedback.role = value.one(&[Role::System, Role::User])?,
            "text" => feedback.text = value.string()?,
            "blind" => feedback.blind = value.flag()?,
            "interlude" => feedback.interlude = value.option().map(interlude).transpose()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(feedback)
}

fn interlude(value: &Value) -> Read<Interlude> {
    let purpose = match value.member("purpose")? {
        purpose @ Value::Object(_) => {
            let texts = purpose.member("verification")?;
            Purpose::Verification {
                accept: texts.member("accept")?.string()?,
                reject: texts.member("reject")?.string()?,
            }
        }
        purpose => match purpose.text()? {
            "reflection" => Purpose::Reflection,
            other => return Err(unknown("variant", other)),
        },
    };
    let ask = value.member("ask")?.string()?;
    Ok(Interlude { ask, purpose })
}

fn rewards(value: &Value) -> Read<RewardScheme> {
    let mut rewards = RewardScheme::default();
    value.fields(&[], &mut |name, value| {
        let reward = match name {
            "correct" => &mut rewards.correct,
            "wrong" => &mut rewards.wrong,
            "unformatted" => &mut rewards.unformatted,
            "discount" => &mut rewards.discount,
            "format" => &mut rewards.format,
            "improvement" => &mut rewards.improvement,
            "repetition" => &mut rewards.repetition,
            "length" => {
                rewards.length = value.option().map(length).transpose()?;
                return Ok(true);
            }
            "aggregate" => {
                use Aggregate::{Last, Max, Mean, Sum};
                rewards.aggregate = value.one(&[Max, Last, Sum, Mean])?;
                return Ok(true);
            }
            "credit" => {
                use Credit::{Attempt, Episode, Reflection};
                rewards.credit = value.one(&[Episode, Attempt, Reflection])?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        *reward = value.number()?;
        Ok(true)
    })?;
    Ok(rewards)
}

fn length(value: &Value) -> Read<LengthPenalty> {
    Ok(LengthPenalty {
        from: value.member("from")?.whole()?,
        to: value.member("to")?.whole()?,
        weight: value.member("weight")?.number()?,
    })
}

fn attempts(value: &Value) -> Read<Attempts> {
    if !matches!(value, Value::Object(_)) {
        return value.whole().map(Attempts::Fixed);
    }
    let mut attempts = Err("expected a number of attempts, or how it is drawn".into());
    value.fields(&[], &mut |name, value| {
        attempts = Ok(match name {
            "fixed" => Attempts::Fixed(value.whole()?),
            "uniform" => Attempts::Uniform {
                max: value.member("max")?.whole()?,
            },
            "weighted" => Attempts::Weighted(value.wholes()?),
            _ => return Ok(false),
        });
        Ok(true)
    })?;
    attempts
}

fn budget(value: &Value) -> Read<Budget> {
    let mut budget = Budget::default();
    value.fields(&[], &mut |name, value| {
        match name {
            "attempt" => budget.attempt = value.option().map(Value::whole).transpose()?,
            "episode" => budget.episode = value.option().map(Value::whole).transpose()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(budget)
}

fn ending(value: &Value) -> Read<Ending> {
    if !matches!(value, Value::Object(_)) {
        return match value.text()? {
            "turn" => Ok(Ending::Turn),
            "box" => Ok(Ending::Box),
            other => Err(unknown("variant", other)),
        };
    }
    let marker = value.member("marker")?.string()?;
    Ok(Ending::Marker(marker))
}
