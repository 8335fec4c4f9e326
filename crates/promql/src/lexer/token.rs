//! What a query is made of.

use syntax::Span;

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) span: Span,
}

/// The smallest part that means something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// A name or a word of the language; which of them is for the parser to say.
    Word,
    /// A text in quotes.
    Text(String),
    /// `1.5`, `0x1f`, `Inf`.
    Number(f64),
    /// `1h30m`, in seconds.
    Duration(f64),
    Symbol(Symbol),
    /// The query is over.
    End,
    /// From here on the text makes no sense, and why.
    Fault(String),
}

macro_rules! symbols {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// Punctuation and operators; longer ones stand before those that they begin with.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Symbol {
            $($name),+
        }

        impl Symbol {
            const ALL: &[Self] = &[$(Self::$name),+];

            pub(crate) fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text),+
                }
            }

            pub(crate) fn at_start_of(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|symbol| text.starts_with(symbol.text()))
            }
        }
    };
}

symbols! {
    TrimUpper = "</",
    TrimLower = ">/",
    Equal = "==",
    NotEqual = "!=",
    NotMatches = "!~",
    Matches = "=~",
    LessOrEqual = "<=",
    GreaterOrEqual = ">=",
    Assign = "=",
    Less = "<",
    Greater = ">",
    Plus = "+",
    Minus = "-",
    Times = "*",
    Over = "/",
    Modulo = "%",
    Power = "^",
    At = "@",
    Comma = ",",
    Colon = ":",
    OpenParen = "(",
    CloseParen = ")",
    OpenBrace = "{",
    CloseBrace = "}",
    OpenBracket = "[",
    CloseBracket = "]",
}
