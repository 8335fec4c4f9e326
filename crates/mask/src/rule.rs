//! The rules by which secrets are found, and sets of them.

/// A built-in rule. Its name stands in the marker that it leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// Values of keys such as `password`, `DB_PASSWD`, `passphrase`.
    Password,
    /// Values of keys such as `client_secret`, `SECRET_KEY`, `credentials`, `signing_key`.
    Secret,
    /// Values of keys such as `token`, `access_token`, `csrftoken`.
    Token,
    /// Values of keys such as `api_key`, `X-Api-Key`, `AccountKey`.
    ApiKey,
    /// `Authorization:`, `Bearer …`, `Basic …`.
    Authorization,
    /// Cookies and session ids.
    Session,
    /// The password in `scheme://user:password@host`.
    Url,
    /// JSON web tokens.
    Jwt,
    /// Private keys in PEM and age's form.
    PrivateKey,
    /// Amazon's access keys and signatures.
    Aws,
    /// Google's API keys and access tokens.
    Gcp,
    /// Azure's shared access signatures.
    Azure,
    /// GitHub's tokens.
    Github,
    /// GitLab's tokens.
    Gitlab,
    /// Slack's tokens and webhooks.
    Slack,
    /// Stripe's secret keys.
    Stripe,
    /// SendGrid's API keys.
    Sendgrid,
    /// Twilio's API keys.
    Twilio,
    /// npm's access tokens.
    Npm,
    /// PyPI's upload tokens.
    Pypi,
    /// OpenAI's API keys, and others of that form.
    Openai,
    /// Anthropic's API keys.
    Anthropic,
    /// Tokens of other services that are known by their beginning.
    OtherToken,
    /// Card numbers.
    Card,
    /// E-mail addresses; off by default.
    Email,
    /// International bank account numbers; off by default.
    Iban,
    /// IP addresses; off by default.
    Ip,
}

impl Rule {
    /// Every built-in rule.
    pub const ALL: [Self; 27] = [
        Self::Password,
        Self::Secret,
        Self::Token,
        Self::ApiKey,
        Self::Authorization,
        Self::Session,
        Self::Url,
        Self::Jwt,
        Self::PrivateKey,
        Self::Aws,
        Self::Gcp,
        Self::Azure,
        Self::Github,
        Self::Gitlab,
        Self::Slack,
        Self::Stripe,
        Self::Sendgrid,
        Self::Twilio,
        Self::Npm,
        Self::Pypi,
        Self::Openai,
        Self::Anthropic,
        Self::OtherToken,
        Self::Card,
        Self::Email,
        Self::Iban,
        Self::Ip,
    ];

    /// The name in settings, counters and markers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Secret => "secret",
            Self::Token => "token",
            Self::ApiKey => "api_key",
            Self::Authorization => "authorization",
            Self::Session => "session",
            Self::Url => "url",
            Self::Jwt => "jwt",
            Self::PrivateKey => "private_key",
            Self::Aws => "aws",
            Self::Gcp => "gcp",
            Self::Azure => "azure",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Slack => "slack",
            Self::Stripe => "stripe",
            Self::Sendgrid => "sendgrid",
            Self::Twilio => "twilio",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::OtherToken => "other_token",
            Self::Card => "card",
            Self::Email => "email",
            Self::Iban => "iban",
            Self::Ip => "ip",
        }
    }

    /// The rule of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// Whether the rule applies where nothing is written.
    pub const fn is_default(self) -> bool {
        !matches!(self, Self::Email | Self::Iban | Self::Ip)
    }
}

/// A rule of a masker: a built-in one or one of its own patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(crate) u8);

impl RuleId {
    pub(crate) fn pattern(index: usize) -> Self {
        Self(Rule::ALL.len() as u8 + index as u8)
    }

    /// The number of the pattern, if it is one.
    pub(crate) fn pattern_index(self) -> Option<usize> {
        usize::from(self.0).checked_sub(Rule::ALL.len())
    }

    /// A number from 0 on, below [`Rules::MAX`].
    pub const fn number(self) -> usize {
        self.0 as usize
    }
}

impl From<Rule> for RuleId {
    fn from(rule: Rule) -> Self {
        Self(rule as u8)
    }
}

/// A set of rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules(u64);

impl Rules {
    /// How many rules there can be.
    pub const MAX: usize = 64;

    /// Every rule there can be.
    pub const ALL: Self = Self(u64::MAX);

    /// The rules that apply where nothing is written.
    pub fn default_on() -> Self {
        Rule::ALL.into_iter().filter(|rule| rule.is_default()).map(RuleId::from).collect()
    }

    /// Whether the rule is in the set.
    pub fn contains(self, rule: impl Into<RuleId>) -> bool {
        self.0 & 1 << rule.into().0 != 0
    }

    /// Whether none is.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Adds a rule.
    pub fn insert(&mut self, rule: impl Into<RuleId>) {
        self.0 |= 1 << rule.into().0;
    }

    /// Takes a rule out.
    pub fn remove(&mut self, rule: impl Into<RuleId>) {
        self.0 &= !(1 << rule.into().0);
    }

    /// What is in this set and not in `others`.
    pub const fn without(self, others: Self) -> Self {
        Self(self.0 & !others.0)
    }
}

impl FromIterator<RuleId> for Rules {
    fn from_iter<I: IntoIterator<Item = RuleId>>(rules: I) -> Self {
        let mut set = Self::default();
        rules.into_iter().for_each(|rule| set.insert(rule));
        set
    }
}
