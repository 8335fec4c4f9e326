//! Trees of every shape that the grammar has, written and read again.

use model::{MatchOp, Matcher, Selector};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::ast::*;
use crate::{Expr, Span, Spanned, parse};

fn spanned<T>(node: T) -> Spanned<T> {
    Spanned { node, span: Span::default() }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z_][a-zA-Z0-9_]{0,6}"
            .prop_filter("begins a stage", |name| !super::super::stage::is_stage_keyword(name)),
        select(vec!["by", "on", "offset", "bool", "sum", "rate", "ip", "and", "or", "é"])
            .prop_map(str::to_owned),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z \"\\\\`\n]{0,8}"]
}

fn regexp() -> impl Strategy<Value = Regexp> {
    select(vec!["a.*b", "", r"\d+|\w", "(?i)error", "{x}", "`"])
        .prop_map(|text| Regexp::new(text).expect("valid"))
}

fn ip() -> impl Strategy<Value = IpMatch> {
    select(vec!["10.0.0.1", "10.0.0.0/8", "::1-::9"]).prop_map(|text| IpMatch::new(text).expect("valid"))
}

fn matcher() -> impl Strategy<Value = Matcher> {
    let plain = (name(), select(vec![MatchOp::Equal, MatchOp::NotEqual]), text())
        .prop_map(|(name, op, value)| Matcher::new(&name, op, &value).expect("valid"));
    let regex =
        (name(), select(vec![MatchOp::Regex, MatchOp::NotRegex]), select(vec!["a|b", ".+", "\\d`\"", ""]))
            .prop_map(|(name, op, value)| Matcher::new(&name, op, value).expect("valid"));
    prop_oneof![plain, regex]
}

fn selector() -> impl Strategy<Value = Selector> {
    vec(matcher(), 0..3).prop_map(|mut matchers| {
        matchers.push(Matcher::equal("service", "web"));
        Selector(matchers)
    })
}

fn line_filter() -> impl Strategy<Value = LineFilter> {
    let of = |ops: [LineOp; 2], wanted: BoxedStrategy<LineMatch>| {
        (select(ops.to_vec()), vec(wanted, 1..3))
            .prop_map(|(op, alternatives)| LineFilter { op, alternatives })
    };
    let pattern =
        select(vec!["<_> a <_>", "", "x`y"]).prop_map(|text| LinePattern::new(text).expect("valid"));
    prop_oneof![
        of(
            [LineOp::Contains, LineOp::NotContains],
            prop_oneof![text().prop_map(LineMatch::Text), ip().prop_map(LineMatch::Ip)].boxed()
        ),
        of([LineOp::Matches, LineOp::NotMatches], regexp().prop_map(LineMatch::Regexp).boxed()),
        of([LineOp::Like, LineOp::NotLike], pattern.prop_map(LineMatch::Pattern).boxed()),
    ]
}

fn compared<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Compared<T>> {
    (name(), select(Comparison::ALL), value).prop_map(|(name, op, value)| Compared { name, op, value })
}

fn label_filter() -> impl Strategy<Value = LabelFilter> {
    let leaf = prop_oneof![
        matcher().prop_map(LabelFilter::Matcher),
        compared(-1e9..1e9).prop_map(LabelFilter::Number),
        compared(any::<i64>()).prop_map(LabelFilter::Duration),
        compared(0_u64..1 << 53).prop_map(LabelFilter::Bytes),
        (name(), any::<bool>(), ip()).prop_map(|(name, negated, addresses)| LabelFilter::Ip {
            name,
            negated,
            addresses
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(LabelFilter::all),
            vec(inner, 1..4).prop_map(LabelFilter::any),
        ]
    })
}

fn json() -> impl Strategy<Value = Vec<JsonExtraction>> {
    let path = select(vec!["a.b[0]", "[\"c d\"]", "x"]).prop_map(|path| JsonPath::new(path).expect("valid"));
    vec((name(), path).prop_map(|(label, path)| JsonExtraction { label, path }), 0..3)
}

fn logfmt() -> impl Strategy<Value = Logfmt> {
    let key = prop_oneof![Just("status".to_owned()), Just("\"a b\"".to_owned())];
    let extraction = (name(), key).prop_map(|(label, key)| LogfmtExtraction { label, key });
    (any::<bool>(), any::<bool>(), vec(extraction, 0..3))
        .prop_map(|(strict, keep_empty, extractions)| Logfmt { strict, keep_empty, extractions })
}

fn label_formats() -> impl Strategy<Value = Vec<LabelFormat>> {
    let rename = (name(), name()).prop_map(|(to, from)| LabelFormat::Rename { to, from });
    let template = (name(), text()).prop_map(|(name, template)| LabelFormat::Template { name, template });
    vec(prop_oneof![rename, template], 1..3).prop_filter("each name once", |formats| {
        let name = |format: &LabelFormat| match format {
            LabelFormat::Rename { to: name, .. } | LabelFormat::Template { name, .. } => name.clone(),
        };
        let mut names: Vec<String> = formats.iter().map(name).collect();
        names.sort_unstable();
        names.windows(2).all(|pair| pair[0] != pair[1])
    })
}

fn choices() -> impl Strategy<Value = Vec<LabelChoice>> {
    vec(prop_oneof![name().prop_map(LabelChoice::Name), matcher().prop_map(LabelChoice::Matcher)], 1..3)
}

fn stage() -> impl Strategy<Value = Stage> {
    prop_oneof![
        line_filter().prop_map(Stage::Line),
        label_filter().prop_map(Stage::Label),
        json().prop_map(Stage::Json),
        logfmt().prop_map(Stage::Logfmt),
        Just(Stage::Pattern(CapturePattern::new("<ip> - `<_>").expect("valid"))),
        Just(Stage::Regexp(Regexp::new(r"(?P<ip>\S+)").expect("valid"))),
        Just(Stage::Unpack),
        text().prop_map(Stage::LineFormat),
        label_formats().prop_map(Stage::LabelFormat),
        Just(Stage::Decolorize),
        choices().prop_map(Stage::Drop),
        choices().prop_map(Stage::Keep),
    ]
}

/// `drop a != "x"` is one stage, so that no tree can have the filter after a bare name.
fn is_writable(stages: &[Stage]) -> bool {
    stages.windows(2).all(|pair| match pair {
        [Stage::Drop(choices) | Stage::Keep(choices), Stage::Line(filter)] => {
            let bare = matches!(choices.last(), Some(LabelChoice::Name(_)));
            !(bare && matches!(filter.op, LineOp::NotContains | LineOp::NotMatches))
        }
        _ => true,
    })
}

fn log() -> impl Strategy<Value = LogExpr> {
    let stages = vec(stage(), 0..4).prop_filter("can be written", |stages| is_writable(stages));
    (selector(), stages).prop_map(|(selector, stages)| LogExpr {
        selector: spanned(selector),
        stages: stages.into_iter().map(spanned).collect(),
    })
}

fn grouping() -> impl Strategy<Value = Grouping> {
    (any::<bool>(), vec(name(), 0..3)).prop_map(|(without, labels)| Grouping { without, labels })
}

fn unwrap() -> impl Strategy<Value = Unwrap> {
    let conversion = option::of(select(Conversion::ALL));
    (name(), conversion, vec(label_filter(), 0..2)).prop_map(|(label, conversion, filters)| Unwrap {
        label,
        conversion,
        filters,
    })
}

fn range_aggregation() -> impl Strategy<Value = RangeAggregation> {
    let over = (log(), option::of(unwrap()), 0_u64..1 << 40, prop_oneof![Just(0), any::<i64>()]);
    (select(RangeOp::ALL), 0.0..1.0, over, option::of(grouping())).prop_map(
        |(op, parameter, over, grouping)| {
            let (log, unwrap, millis, offset) = over;
            let unwrap = match (op.works_with_unwrap(), op.works_without_unwrap()) {
                (true, false) => {
                    Some(unwrap.unwrap_or(Unwrap { label: "x".into(), conversion: None, filters: vec![] }))
                }
                (false, _) => None,
                _ => unwrap,
            };
            let range = std::time::Duration::from_millis(millis);
            RangeAggregation {
                op,
                parameter: (op == RangeOp::QuantileOverTime).then_some(parameter),
                over: LogRange { log, unwrap, range, offset },
                grouping: grouping.filter(|_| op.takes_grouping()),
            }
        },
    )
}

fn aggregation(of: impl Strategy<Value = MetricExpr>) -> impl Strategy<Value = Metric> {
    (select(VectorOp::ALL), 1_u64..100, of, option::of(grouping())).prop_map(
        |(op, parameter, of, grouping)| {
            Metric::Aggregation(Aggregation {
                op,
                parameter: op.takes_parameter().then_some(parameter),
                of: Box::new(of),
                grouping: grouping.filter(|_| op.takes_grouping()),
            })
        },
    )
}

fn matching() -> impl Strategy<Value = Matching> {
    let group =
        prop_oneof![vec(name(), 0..2).prop_map(Group::Left), vec(name(), 0..2).prop_map(Group::Right)];
    (any::<bool>(), vec(name(), 0..2), option::of(group)).prop_map(|(on, labels, group)| Matching {
        on,
        labels,
        group,
    })
}

fn binary(side: impl Strategy<Value = MetricExpr> + Clone) -> impl Strategy<Value = Metric> {
    (select(BinaryOp::ALL), any::<bool>(), option::of(matching()), side.clone(), side)
        .prop_filter("sets have no plain numbers", |(op, _, _, left, right)| {
            let is_number = |side: &MetricExpr| matches!(side.node, Metric::Number(_));
            !op.is_set() || !(is_number(left) || is_number(right))
        })
        .prop_map(|(op, returns_bool, mut matching, left, right)| {
            if let Some(matching) = matching.as_mut().filter(|_| op.is_set()) {
                matching.group = None;
            }
            let returns_bool = returns_bool && op.is_comparison();
            Metric::Binary(Box::new(Binary { op, returns_bool, matching, left, right }))
        })
}

fn metric() -> impl Strategy<Value = MetricExpr> {
    let leaf = prop_oneof![
        prop_oneof![-1e9..1e9, Just(1e300), Just(1e-9), Just(3.0)].prop_map(Metric::Number),
        (0.0..1e9).prop_map(Metric::Vector),
        range_aggregation().prop_map(Metric::Range),
    ];
    leaf.prop_map(spanned).prop_recursive(4, 12, 2, |inner| {
        let replace = (inner.clone(), text(), text(), text(), regexp()).prop_map(
            |(of, to, replacement, from, regexp)| {
                Metric::LabelReplace(Box::new(LabelReplace { of, to, replacement, from, regexp }))
            },
        );
        prop_oneof![aggregation(inner.clone()), binary(inner), replace].prop_map(spanned)
    })
}

fn expr() -> impl Strategy<Value = Expr> {
    prop_oneof![log().prop_map(Expr::Log), metric().prop_map(Expr::Metric)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn every_tree_survives_its_text(expr in expr()) {
        let text = expr.to_string();
        let read = parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&expr), "{}", text);
        let pretty = expr.pretty();
        let read = parse(&pretty);
        prop_assert_eq!(read.as_ref(), Ok(&expr), "{}", pretty);
    }
}
