//! What is sent to a `url` in clear: its address and headers, `${NAME}` filled in. It crosses pipes to the children and
//! is never written. Beside it, all that is known to be secret of a sweep: whatever a child says is searched for it
//! before it is kept.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use thiserror::Error;

use crate::config::{self, MissingVariable, Sweep};
use crate::format::percent_decoded;
use crate::input::{self, FileKind};
use crate::model::address::{secret_places, user_info};
use crate::model::secret::{is_harmless, is_harmless_header, is_harmless_variable};
use crate::model::secret_text::{places_in_command, places_in_text};
use crate::model::{KnownSecrets, Target, UrlTarget};
use crate::strategy::{StrategyKind, StrategySpec, Work};

/// A word of a body is secret from this length on, if it has a digit.
const BODY_WORD: usize = 8;

/// What is sent to each target in clear, and what must not be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// By the target's position.
    pub targets: Vec<TargetAccess>,
    /// What must not be kept.
    pub secrets: Arc<KnownSecrets>,
}

/// Address and headers of one target, filled in: empty for the embedded server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetAccess {
    /// The address, with password.
    pub url: String,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// Certificates to trust beside the system's, absolute.
    pub ca_file: Option<PathBuf>,
    /// The file that the body is from, absolute, and what it holds.
    pub body_file: Option<(PathBuf, String)>,
}

/// A value of `[target]` that cannot be used as it is on this machine.
#[derive(Debug, Error)]
pub enum AccessError {
    /// The environment lacks a variable.
    #[error("cannot fill in {key} of [target]")]
    Variable {
        /// What it is for.
        key: String,
        /// What is missing.
        source: MissingVariable,
    },
    /// With its variables filled in, which may be secrets, the address is none.
    #[error("url of [target], {shown}, is no http or https address once its variables are filled in")]
    Address {
        /// As the config has it, without secrets.
        shown: String,
    },
    /// A strategy cannot speak https, which shows only once the variables are filled in.
    #[error(
        "url of [target], {shown}, is an https address once its variables are filled in, which {strategy:?} does not speak; leave it out with --skip"
    )]
    Https {
        /// As the config has it, without secrets.
        shown: String,
        /// The strategy's name.
        strategy: String,
    },
    /// The body cannot be read, or is not UTF-8.
    #[error("cannot read {path}, the `body-file` of [target]")]
    Body {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Access {
    /// Fills in what the config leaves to the environment; `lookup` knows it. Files are relative to `folder`, the config's.
    ///
    /// # Errors
    /// When `lookup` lacks a variable.
    pub fn of(sweep: &Sweep, folder: &Path, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, AccessError> {
        let mut secrets: Vec<String> =
            sweep.strategies.iter().flat_map(|strategy| of_strategy(&strategy.kind)).collect();
        let mut targets = Vec::new();
        for (position, (_, target)) in sweep.target.iter().enumerate() {
            targets.push(match target {
                Target::Url(target) if sweep.strategies_at(position).next().is_some() => {
                    let access = TargetAccess::of(target, folder, &lookup)?;
                    check_address(&access.url, target, sweep.strategies_at(position))?;
                    secrets.extend(access.secrets(target, &lookup));
                    access
                }
                _ => TargetAccess::default(),
            });
        }
        Ok(Self { targets, secrets: Arc::new(KnownSecrets::of(secrets)) })
    }

    /// Hands over what a request to the target at `position` needs beside its address.
    pub(super) fn hand_over(&self, position: usize, work: &mut Work) {
        let target = &self.targets[position];
        work.headers.clone_from(&target.headers);
        work.ca_file.clone_from(&target.ca_file);
        if let Some((path, body)) = &target.body_file {
            (work.body_file, work.body) = (Some(path.clone()), body.clone());
        }
    }
}

impl TargetAccess {
    fn of(target: &UrlTarget, folder: &Path, lookup: &impl Fn(&str) -> Option<String>) -> Result<Self, AccessError> {
        let failed = |key: String| |source| AccessError::Variable { key, source };
        let url = config::fill_address(&target.url, lookup).map_err(failed("url".to_owned()))?;
        let fill = |(name, value): &(String, String)| {
            let value = config::fill(value, lookup).map_err(failed(format!("header {name}")))?;
            Ok((name.clone(), value))
        };
        let headers = target.headers.iter().map(fill).collect::<Result<Vec<_>, AccessError>>()?;
        let absolute = |path: &PathBuf| std::path::absolute(folder.join(path)).unwrap_or_else(|_| folder.join(path));
        let body_file = target.body_file.as_ref().map(|path| read_body(absolute(path))).transpose()?;
        Ok(Self { url, headers, ca_file: target.ca_file.as_ref().map(absolute), body_file })
    }

    /// What of it must not be kept.
    fn secrets(&self, target: &UrlTarget, lookup: &impl Fn(&str) -> Option<String>) -> Vec<String> {
        let named = target.headers.iter().map(|(_, value)| value.as_str()).chain([target.url.as_str()]);
        let mut secrets: Vec<String> = named.flat_map(config::variables).filter_map(lookup).collect();
        secrets.extend(of_address(&self.url));
        let headers = self.headers.iter().filter(|(name, _)| !is_harmless_header(name));
        secrets.extend(headers.flat_map(|(_, value)| of_header(value)));
        secrets.extend(of_body(self.body_file.as_ref().map_or(&target.body, |(_, body)| body)));
        secrets
    }
}

/// Whether the address is one that every one of these strategies can send requests to.
fn check_address<'s>(
    url: &str,
    target: &UrlTarget,
    mut strategies: impl Iterator<Item = &'s StrategySpec>,
) -> Result<(), AccessError> {
    let shown = target.shown_url();
    if !config::is_address(url) {
        return Err(AccessError::Address { shown });
    }
    let is_https = url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    match strategies.find(|strategy| is_https && !strategy.kind.info().https) {
        Some(strategy) => Err(AccessError::Https { shown, strategy: strategy.name.clone() }),
        None => Ok(()),
    }
}

fn read_body(path: PathBuf) -> Result<(PathBuf, String), AccessError> {
    match input::read_to_string(&path, FileKind::Body) {
        Ok(body) => Ok((path, body)),
        Err(source) => Err(AccessError::Body { path: path.display().to_string(), source }),
    }
}

/// What an address holds, as it stands there and decoded; its user name and password together, as `Basic` sends them.
fn of_address(url: &str) -> Vec<String> {
    let written = secret_places(url).into_iter().map(|place| url[place].to_owned());
    let mut secrets: Vec<String> = written.flat_map(|text| [percent_decoded(&text), text]).collect();
    if let Some(user) = user_info(url) {
        let user = percent_decoded(&url[user]);
        secrets.push(if user.contains(':') { user } else { format!("{user}:") });
    }
    secrets
}

/// A value as a whole, what stands behind a scheme's name, and what `Basic` hides there.
fn of_header(value: &str) -> Vec<String> {
    if is_harmless(value) {
        return Vec::new();
    }
    let mut secrets = vec![value.to_owned()];
    if let Some((_, rest)) = value.split_once(' ') {
        let decoded = BASE64_STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some(pair) = decoded.filter(|pair| pair.contains(':')) {
            secrets.extend(pair.split_once(':').map(|(_, password)| password.to_owned()));
            secrets.push(pair);
        }
        secrets.push(rest.to_owned());
    }
    secrets
}

/// A body as a whole, and what in it looks like a secret.
fn of_body(body: &str) -> Vec<String> {
    if is_harmless(body) {
        return Vec::new();
    }
    let words = body.split(|c: char| c.is_whitespace() || "\"'&=,:;{}[]<>".contains(c));
    let keys = words.filter(|word| word.len() >= BODY_WORD && word.bytes().any(|byte| byte.is_ascii_digit()));
    let found = places_in_text(body).into_iter().map(|place| &body[place]);
    keys.chain(found).chain([body]).map(str::to_owned).collect()
}

/// What a program gets by its command line and its environment.
fn of_strategy(kind: &StrategyKind) -> Vec<String> {
    let StrategyKind::Command(command) = kind else { return Vec::new() };
    let own = command.environment.iter().filter(|(name, value)| !is_harmless_variable(name) && !is_harmless(value));
    let mut secrets: Vec<String> = own.map(|(_, value)| value.clone()).collect();
    for words in [&command.command, &command.version_command] {
        let places = words.iter().zip(places_in_command(words));
        secrets.extend(places.flat_map(|(word, places)| places.into_iter().map(|place| word[place].to_owned())));
    }
    secrets
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Access;
    use crate::config::{Known, Sweep, load};

    fn sweep(text: &str) -> Sweep {
        load(text, "trial.toml", &Known::default()).unwrap()
    }

    const CONFIG: &str = "[target]\nurl = 'http://me:${PASSWORD}@host/a?key=f%40r'\nmethod = 'POST'\n\
        body = '{\"pin\": \"b0dy-word\"}'\n[target.headers]\nA = 'Bearer ${TOKEN}'\nB = 'Basic bGl0ZTpyYWw='\n\
        Accept = 'text/html'\n[[strategy]]\nkind = 'command'\nmodel = 'async'\ncommand = ['sh', '--token', 'w0rd']\n\
        environment = { OWN = 'val ue', DEPTH = '8000', LANG = 'C.UTF-8' }\n";

    fn lookup(name: &str) -> Option<String> {
        match name {
            "PASSWORD" => Some("p@ss".to_owned()),
            "TOKEN" => Some("tok3n".to_owned()),
            _ => None,
        }
    }

    #[test]
    fn what_a_child_says_is_kept_without_secrets() {
        let access = Access::of(&sweep(CONFIG), Path::new("."), lookup).unwrap();
        assert_eq!(access.targets[0].url, "http://me:p%40ss@host/a?key=f%40r");
        assert_eq!(access.targets[0].headers[0].1, "Bearer tok3n");
        for said in [
            "p%40ss",
            "p@ss",
            "tok3n",
            "Bearer tok3n",
            "bWU6cEBzcw==",
            "bGl0ZTpyYWw=",
            "lite:ral",
            "b0dy-word",
            "{\"pin\": \"b0dy-word\"}",
            "w0rd",
            "val ue",
            "val%20ue",
        ] {
            assert_eq!(access.secrets.hide(&format!("<{said}>")), "<***>", "{said}");
        }
        let harmless = "text/html me 8000 C.UTF-8 sh --token";
        assert_eq!(access.secrets.hide(harmless), harmless);
    }

    #[test]
    fn a_missing_variable_names_its_key() {
        let error = Access::of(&sweep(CONFIG), Path::new("."), |_| None).unwrap_err();
        assert_eq!(error.to_string(), "cannot fill in url of [target]");
    }
}
