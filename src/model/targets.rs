//! The one target of a sweep, or several of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::target::{Target, UrlTarget};
use crate::model::units::Nanos;

/// What the requests of a sweep are sent to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Targets {
    /// One target.
    One(Target),
    /// Several addresses, at least one, names unique: each strategy is measured at each of them.
    Several(Vec<NamedTarget>),
}

/// One of several targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NamedTarget {
    /// Which of several targets it is; the names of its strategies end in it
    #[schemars(extend("x-form" = "label"))]
    pub name: String,
    /// Where its requests go; an address.
    #[serde(flatten)]
    pub target: Target,
}

impl Targets {
    /// Each target with its name; the name is `None` where there is one target.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&str>, &Target)> {
        let (one, several) = match self {
            Self::One(target) => (Some((None, target)), &[][..]),
            Self::Several(targets) => (None, &targets[..]),
        };
        one.into_iter().chain(several.iter().map(|each| (Some(each.name.as_str()), &each.target)))
    }

    /// The position of the target of this name; 0 where there is one target.
    #[must_use]
    pub fn position(&self, name: Option<&str>) -> usize {
        self.iter().position(|(own, _)| own == name).unwrap_or(0)
    }

    /// The target at a position of [`Self::position`].
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn at(&self, position: usize) -> &Target {
        match self {
            Self::One(target) => target,
            Self::Several(targets) => &targets[position].target,
        }
    }

    /// The target, where there is one.
    #[must_use]
    pub fn one(&self) -> Option<&Target> {
        match self {
            Self::One(target) => Some(target),
            Self::Several(_) => None,
        }
    }

    /// Every address.
    pub fn urls(&self) -> impl Iterator<Item = &UrlTarget> {
        self.iter().filter_map(|(_, target)| match target {
            Target::Url(url) => Some(url),
            Target::Delay(_) | Target::Sleep { .. } => None,
        })
    }

    /// Every address, to be changed.
    pub fn urls_mut(&mut self) -> impl Iterator<Item = &mut UrlTarget> {
        let (one, several) = match self {
            Self::One(target) => (Some(target), &mut [][..]),
            Self::Several(targets) => (None, &mut targets[..]),
        };
        let all = one.into_iter().chain(several.iter_mut().map(|each| &mut each.target));
        all.filter_map(|target| match target {
            Target::Url(url) => Some(url),
            Target::Delay(_) | Target::Sleep { .. } => None,
        })
    }

    /// Whether requests go to servers that already run.
    #[must_use]
    pub fn are_urls(&self) -> bool {
        self.urls().next().is_some()
    }

    /// The configured delay, where there is one.
    #[must_use]
    pub fn delay(&self) -> Option<Nanos> {
        self.one().and_then(Target::delay)
    }
}

impl From<Target> for Targets {
    fn from(target: Target) -> Self {
        Self::One(target)
    }
}
