//! The operators and functions of the language, each with the word that it is written with.

/// An enum of words: `text` gives a variant's word, `from_text` reads one in any case.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`")] $variant,)+
        }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that it is written with.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The reverse of `text`; words may be in any case.
            pub fn from_text(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.text().eq_ignore_ascii_case(text))
            }
        }
    };
}

words! {
    /// How a line filter compares.
    LineOp {
        Contains = "|=",
        NotContains = "!=",
        Matches = "|~",
        NotMatches = "!~",
        Like = "|>",
        NotLike = "!>",
    }
}

impl LineOp {
    /// Whether it keeps the lines that do not match.
    pub const fn is_negative(self) -> bool {
        matches!(self, Self::NotContains | Self::NotMatches | Self::NotLike)
    }
}

words! {
    /// How a label's value compares with a constant.
    Comparison {
        Equal = "==",
        NotEqual = "!=",
        Greater = ">",
        GreaterOrEqual = ">=",
        Less = "<",
        LessOrEqual = "<=",
    }
}

words! {
    /// How a label's text becomes a number.
    Conversion {
        Bytes = "bytes",
        Duration = "duration",
        DurationSeconds = "duration_seconds",
    }
}

words! {
    /// Functions of the lines in a window.
    RangeOp {
        Rate = "rate",
        RateCounter = "rate_counter",
        CountOverTime = "count_over_time",
        BytesRate = "bytes_rate",
        BytesOverTime = "bytes_over_time",
        AvgOverTime = "avg_over_time",
        SumOverTime = "sum_over_time",
        MinOverTime = "min_over_time",
        MaxOverTime = "max_over_time",
        StdvarOverTime = "stdvar_over_time",
        StddevOverTime = "stddev_over_time",
        QuantileOverTime = "quantile_over_time",
        FirstOverTime = "first_over_time",
        LastOverTime = "last_over_time",
        AbsentOverTime = "absent_over_time",
    }
}

impl RangeOp {
    /// Whether `by` and `without` may follow.
    pub const fn takes_grouping(self) -> bool {
        matches!(
            self,
            Self::AvgOverTime
                | Self::MinOverTime
                | Self::MaxOverTime
                | Self::StddevOverTime
                | Self::StdvarOverTime
                | Self::QuantileOverTime
                | Self::FirstOverTime
                | Self::LastOverTime
        )
    }

    /// Whether it can work on numbers that `unwrap` takes from labels.
    pub const fn works_with_unwrap(self) -> bool {
        !matches!(self, Self::CountOverTime | Self::BytesOverTime | Self::BytesRate)
    }

    /// Whether it can work on the lines themselves.
    pub const fn works_without_unwrap(self) -> bool {
        !self.works_with_unwrap() || matches!(self, Self::Rate | Self::AbsentOverTime)
    }
}

words! {
    /// Functions of many series at one instant.
    VectorOp {
        Sum = "sum",
        Avg = "avg",
        Max = "max",
        Min = "min",
        Count = "count",
        Stddev = "stddev",
        Stdvar = "stdvar",
        Bottomk = "bottomk",
        Topk = "topk",
        ApproxTopk = "approx_topk",
        Sort = "sort",
        SortDesc = "sort_desc",
    }
}

impl VectorOp {
    /// Whether it needs a number before the series.
    pub const fn takes_parameter(self) -> bool {
        matches!(self, Self::Bottomk | Self::Topk | Self::ApproxTopk)
    }

    /// Whether `by` and `without` may stand with it.
    pub const fn takes_grouping(self) -> bool {
        !matches!(self, Self::Sort | Self::SortDesc | Self::ApproxTopk)
    }
}

words! {
    /// Operators between two queries for numbers.
    BinaryOp {
        Or = "or",
        And = "and",
        Unless = "unless",
        Equal = "==",
        NotEqual = "!=",
        Greater = ">",
        GreaterOrEqual = ">=",
        Less = "<",
        LessOrEqual = "<=",
        Add = "+",
        Subtract = "-",
        Multiply = "*",
        Divide = "/",
        Modulo = "%",
        Power = "^",
    }
}

impl BinaryOp {
    /// How tightly it binds; more is tighter.
    pub const fn precedence(self) -> u8 {
        match self {
            Self::Or => 1,
            Self::And | Self::Unless => 2,
            Self::Add | Self::Subtract => 4,
            Self::Multiply | Self::Divide | Self::Modulo => 5,
            Self::Power => 6,
            _ => 3,
        }
    }

    /// Whether `a op b op c` means `a op (b op c)`.
    pub const fn is_right_associative(self) -> bool {
        matches!(self, Self::Power)
    }

    /// Whether it picks series by their labels alone.
    pub const fn is_set(self) -> bool {
        matches!(self, Self::Or | Self::And | Self::Unless)
    }

    /// Whether it compares.
    pub const fn is_comparison(self) -> bool {
        self.precedence() == 3
    }
}
