//! The API as its clients see it: a table of calls and answers over a few series.

use api::TokenScope;
use axum::body::Body;
use expect_test::{Expect, expect};
use promql::STALE;

use super::forms::{WriteRequest, packed, series};
use crate::testing::{Caller, Fixture};

const READ: Caller = Caller::Token(TokenScope::Read);

/// Three minutes of a counter and of what goes up and down, up to now; one series ended a minute ago.
struct Shop {
    fixture: Fixture,
    /// Whole minutes, in seconds.
    now: i64,
}

async fn shop() -> Shop {
    let fixture = Fixture::new().await;
    let now = fixture.now().seconds() / 60 * 60;
    fixture.pass(now - fixture.now().seconds());
    let points = |value: &dyn Fn(i64) -> f64| -> Vec<(i64, f64)> {
        (0..=12).map(|i| ((now - 180 + i * 15) * 1000, value(i))).collect()
    };
    let mut ended = points(&|_| 1.0);
    ended.truncate(8);
    ended.push(((now - 60) * 1000, STALE));
    let body = packed(&WriteRequest {
        series: vec![
            series("{__name__=\"hits_total\", job=\"a\", instance=\"x:1\"}", &points(&|i| i as f64 * 15.0)),
            series("{__name__=\"hits_total\", job=\"b\", instance=\"y:1\"}", &points(&|i| i as f64 * 30.0)),
            series("{__name__=\"load\", job=\"a\", instance=\"x:1\"}", &points(&|i| i as f64 / 8.0)),
            series(
                "{__name__=\"odd.name\", \"my.label\"=\"é\\\"\"}"
                    .replace("\"my.label\"", "my_label")
                    .as_str(),
                &points(&|_| f64::NAN),
            ),
            series("{__name__=\"gone\", job=\"a\"}", &ended),
        ],
        metadata: Vec::new(),
    });
    let request = fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/api/v1/write");
    let answer = fixture.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(answer.status.as_u16(), 204, "{}", answer.text());
    Shop { fixture, now }
}

impl Shop {
    /// Asks, `@` standing for the present, and shows the answer with times as seconds from it.
    async fn ask(&self, path: &str) -> String {
        let path = path.replace('@', &self.now.to_string());
        let answer = self.fixture.get(READ, &escaped(&path)).await;
        let mut text = answer.text();
        for second in (0..=180).rev() {
            text = text.replace(&format!("[{}", self.now - second), &format!("[-{second}"));
        }
        format!("{} {text}", answer.status.as_u16())
    }

    async fn check(&self, path: &str, expected: Expect) {
        expected.assert_eq(&self.ask(path).await);
    }
}

fn escaped(path: &str) -> String {
    path.replace('{', "%7B").replace('}', "%7D").replace('"', "%22")
}

#[tokio::test]
async fn queries() {
    let shop = shop().await;
    shop.check("/api/v1/query?query=hits_total&time=@", expect![[r#"200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"hits_total","instance":"x:1","job":"a"},"value":[-0,"180"]},{"metric":{"__name__":"hits_total","instance":"y:1","job":"b"},"value":[-0,"360"]}]}}"#]]).await;
    shop.check("/api/v1/query?query=hits_total&time=@&limit=1", expect![[r#"200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"hits_total","instance":"x:1","job":"a"},"value":[-0,"180"]}]},"warnings":["results truncated due to limit"]}"#]]).await;
    shop.check("/api/v1/query?query=rate(load[1m])&time=@", expect![[r#"200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{"instance":"x:1","job":"a"},"value":[-0,"0.008333333333333333"]}]},"infos":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"load\" (1:1)"]}"#]]).await;
    shop.check("/api/v1/query?query=load[30s]&time=@", expect![[r#"200 {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"load","instance":"x:1","job":"a"},"values":[[-15,"1.375"],[-0,"1.5"]]}]}}"#]]).await;
    shop.check("/api/v1/query?query=1/3&time=@.5", expect![[r#"200 {"status":"success","data":{"resultType":"scalar","result":[-0.500,"0.3333333333333333"]}}"#]]).await;
    shop.check(
        "/api/v1/query?query=\"text\"&time=@",
        expect![[r#"200 {"status":"success","data":{"resultType":"string","result":[-0,"text"]}}"#]],
    )
    .await;
    shop.check(
        "/api/v1/query?query=gone&time=@",
        expect![[r#"200 {"status":"success","data":{"resultType":"vector","result":[]}}"#]],
    )
    .await;
    shop.check("/api/v1/query?query={__name__=\"odd.name\"}&time=@", expect![[r#"200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"odd.name","my_label":"é\""},"value":[-0,"NaN"]}]}}"#]]).await;
    shop.check("/api/v1/query_range?query=sum(rate(hits_total[1m]))&start=@&end=@&step=15", expect![[r#"200 {"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[-0,"3"]]}]}}"#]]).await;
    shop.check(
        "/api/v1/query_range?query=gone&start=@.5&end=@.5&step=15&lookback_delta=2m",
        expect![[r#"200 {"status":"success","data":{"resultType":"matrix","result":[]}}"#]],
    )
    .await;
    shop.check("/api/v1/query_range?query=time()&start=1&end=2.5&step=500ms", expect![[r#"200 {"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[1.500,"1.5"],[2,"2"],[2.500,"2.5"]]}]}}"#]]).await;
    let with_stats = shop.ask("/api/v1/query?query=load&time=@&stats=all").await;
    assert!(with_stats.contains("\"stats\":{\"timings\":{\"evalTotalTime\":"), "{with_stats}");
}

#[tokio::test]
async fn queries_that_get_no_answer() {
    let shop = shop().await;
    shop.check("/api/v1/query?query=sum(", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis"}"#]]).await;
    shop.check("/api/v1/query", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:1: parse error: no expression found in input"}"#]]).await;
    shop.check("/api/v1/query?query=up&time=x", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"time\": cannot parse \"x\" to a valid timestamp"}"#]]).await;
    shop.check("/api/v1/query_range?query=up[5m]&start=1&end=2&step=1", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"}"#]]).await;
    shop.check("/api/v1/query_range?query=up&start=1&end=20000&step=1", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"}"#]]).await;
    shop.check("/api/v1/query?query=count_over_time(vector(1)[20000d:1ms])", expect![[r#"422 {"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution: the limit is 25000000; ask for a shorter time, fewer series or a longer step"}"#]]).await;
    shop.check("/api/v1/query?query=hits_total*on()hits_total&time=@", expect![[r#"422 {"status":"error","errorType":"execution","error":"found duplicate series for the match group {} on the right hand-side of the operation: [{__name__=\"hits_total\", instance=\"x:1\", job=\"a\"}, {__name__=\"hits_total\", instance=\"y:1\", job=\"b\"}];many-to-many matching not allowed: matching labels must be unique on one side"}"#]]).await;
    shop.check("/api/v1/query?query=load&time=@&timeout=0s", expect![[r#"503 {"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}"#]]).await;
    shop.check("/api/v1/nothing", expect![[r#"404 {"message":"there is nothing at /api/v1/nothing"}"#]])
        .await;
    let request = shop.fixture.request(Caller::Token(TokenScope::Ingest), "POST", "/otlp/v1/metrics");
    let answer = shop.fixture.send(request.body(Body::empty()).expect("a request")).await;
    expect![[r#"501 {"status":"error","errorType":"not_found","error":"metrics of OpenTelemetry are not taken yet; send them with remote_write to /api/v1/write, or let Porthole scrape them"}"#]].assert_eq(&format!("{} {}", answer.status.as_u16(), answer.text()));
}

#[tokio::test]
async fn a_form_is_read_too() {
    let shop = shop().await;
    let request = shop.fixture.request(READ, "POST", "/api/v1/query");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.body(Body::from(format!("query=sum(load)&time={}", shop.now))).expect("a request");
    assert_eq!(shop.fixture.send(request).await.json()["data"]["result"][0]["value"][1], "1.5");
}

#[tokio::test]
async fn series_and_labels() {
    let shop = shop().await;
    shop.check("/api/v1/series?match[]=hits_total&match[]=load", expect![[r#"200 {"status":"success","data":[{"__name__":"hits_total","instance":"x:1","job":"a"},{"__name__":"hits_total","instance":"y:1","job":"b"},{"__name__":"load","instance":"x:1","job":"a"}]}"#]]).await;
    shop.check("/api/v1/series?match[]=hits_total&match[]=load&limit=2", expect![[r#"200 {"status":"success","data":[{"__name__":"hits_total","instance":"x:1","job":"a"},{"__name__":"hits_total","instance":"y:1","job":"b"}],"warnings":["results truncated due to limit"]}"#]]).await;
    shop.check(
        "/api/v1/series",
        expect![[r#"400 {"status":"error","errorType":"bad_data","error":"no match[] parameter provided"}"#]],
    )
    .await;
    shop.check(
        "/api/v1/labels",
        expect![[r#"200 {"status":"success","data":["__name__","instance","job","my_label"]}"#]],
    )
    .await;
    shop.check(
        "/api/v1/labels?match[]=gone&start=@&end=@",
        expect![[r#"200 {"status":"success","data":["__name__","job"]}"#]],
    )
    .await;
    shop.check("/api/v1/label/job/values", expect![[r#"200 {"status":"success","data":["a","b"]}"#]]).await;
    shop.check("/api/v1/label/__name__/values?match[]={job=\"a\"}&limit=2", expect![[r#"200 {"status":"success","data":["gone","hits_total"],"warnings":["results truncated due to limit"]}"#]]).await;
    shop.check(
        "/api/v1/label/U__job/values?match[]=load",
        expect![[r#"200 {"status":"success","data":["a"]}"#]],
    )
    .await;
    shop.check("/api/v1/label/nothing/values", expect![[r#"200 {"status":"success","data":[]}"#]]).await;
    shop.check("/api/v1/labels?match[]={}", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"match[]\": 1:1: parse error: vector selector must contain at least one non-empty matcher"}"#]]).await;
    shop.check("/api/v1/labels?start=2&end=1", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"end\": end timestamp must not be before start timestamp"}"#]]).await;
}

#[tokio::test]
async fn what_clients_ask_besides() {
    let shop = shop().await;
    shop.check(
        "/api/v1/format_query?query=sum(rate(x[300s]))by(job)/2",
        expect![[r#"200 {"status":"success","data":"sum by (job) (rate(x[5m])) / 2"}"#]],
    )
    .await;
    shop.check("/api/v1/parse_query?query=topk(2,+-sum+by+(job)+(rate(x{a!=\"b\"}[5m]+offset+1m)))+/+on+(job)+group_left+(c)+y+%40+end()+%3E+bool+1e3", expect![[r#"200 {"status":"success","data":{"bool":true,"lhs":{"bool":false,"lhs":{"expr":{"expr":{"expr":{"args":[{"matchers":[{"name":"__name__","type":"=","value":"x"},{"name":"a","type":"!=","value":"b"}],"name":"x","offset":60000,"range":300000,"startOrEnd":null,"timestamp":null,"type":"matrixSelector"}],"func":{"argTypes":["matrix"],"name":"rate","returnType":"vector","variadic":0},"type":"call"},"grouping":["job"],"op":"sum","param":null,"type":"aggregation","without":false},"op":"-","type":"unaryExpr"},"grouping":[],"op":"topk","param":{"type":"numberLiteral","val":"2"},"type":"aggregation","without":false},"matching":{"card":"many-to-one","include":["c"],"labels":["job"],"on":true},"op":"/","rhs":{"matchers":[{"name":"__name__","type":"=","value":"y"}],"name":"y","offset":0,"startOrEnd":"end","timestamp":null,"type":"vectorSelector"},"type":"binaryExpr"},"matching":null,"op":">","rhs":{"type":"numberLiteral","val":"1000"},"type":"binaryExpr"}}"#]]).await;
    shop.check("/api/v1/parse_query?query=(a+or+b)+*+max_over_time((a+*+2)[1h:1m])", expect![[r#"200 {"status":"success","data":{"bool":false,"lhs":{"expr":{"bool":false,"lhs":{"matchers":[{"name":"__name__","type":"=","value":"a"}],"name":"a","offset":0,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"matching":{"card":"many-to-many","include":[],"labels":[],"on":false},"op":"or","rhs":{"matchers":[{"name":"__name__","type":"=","value":"b"}],"name":"b","offset":0,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"type":"binaryExpr"},"type":"parenExpr"},"matching":{"card":"one-to-one","include":[],"labels":[],"on":false},"op":"*","rhs":{"args":[{"expr":{"expr":{"bool":false,"lhs":{"matchers":[{"name":"__name__","type":"=","value":"a"}],"name":"a","offset":0,"startOrEnd":null,"timestamp":null,"type":"vectorSelector"},"matching":null,"op":"*","rhs":{"type":"numberLiteral","val":"2"},"type":"binaryExpr"},"type":"parenExpr"},"offset":0,"range":3600000,"startOrEnd":null,"step":60000,"timestamp":null,"type":"subquery"}],"func":{"argTypes":["matrix"],"name":"max_over_time","returnType":"vector","variadic":0},"type":"call"},"type":"binaryExpr"}}"#]]).await;
    shop.check("/api/v1/parse_query?query=sum(", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis"}"#]]).await;
    shop.check("/api/v1/rules?type=record", expect![[r#"200 {"status":"success","data":{"groups":[]}}"#]])
        .await;
    shop.check("/api/v1/alerts", expect![[r#"200 {"status":"success","data":{"alerts":[]}}"#]]).await;
    shop.check("/api/v1/status/buildinfo", expect![[r#"200 {"status":"success","data":{"branch":"","buildDate":"","buildUser":"","goVersion":"","revision":"porthole 1.2.3","version":"3.14.0"}}"#]]).await;
    shop.check("/api/v1/status/flags", expect![[r#"200 {"status":"success","data":{}}"#]]).await;
    shop.check("/api/v1/metadata?limit=1", expect![[r#"200 {"status":"success","data":{}}"#]]).await;
    shop.check("/api/v1/targets?state=active", expect![[r#"200 {"status":"success","data":{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}}"#]]).await;
    shop.check("/api/v1/targets/metadata", expect![[r#"200 {"status":"success","data":[]}"#]]).await;
    shop.check("/api/v1/scrape_pools", expect![[r#"200 {"status":"success","data":{"scrapePools":[]}}"#]])
        .await;
    shop.check("/api/v1/query_exemplars?query=load", expect![[r#"200 {"status":"success","data":[]}"#]])
        .await;
    let counts = shop.fixture.get(READ, "/api/v1/status/tsdb?limit=1").await.json();
    assert_eq!(counts["data"]["headStats"]["numSeries"], 5);
    assert_eq!(
        counts["data"]["seriesCountByMetricName"],
        serde_json::json!([{ "name": "hits_total", "value": 2 }])
    );
    let running = shop.fixture.get(READ, "/api/v1/status/runtimeinfo").await.json();
    assert_eq!(running["data"]["reloadConfigSuccess"], true);
    assert_eq!(
        shop.fixture.get(READ, "/api/v1/features").await.json()["data"]["promql_functions"]["rate"],
        true
    );
}

#[tokio::test]
async fn federation() {
    let shop = shop().await;
    let text =
        shop.ask("/federate?match[]={job=\"a\"}&match[]=hits_total&match[]={__name__=\"odd.name\"}").await;
    expect![[r#"
        200 # TYPE hits_total untyped
        hits_total{instance="x:1",job="a"} 180 NOW
        hits_total{instance="y:1",job="b"} 360 NOW
        # TYPE load untyped
        load{instance="x:1",job="a"} 1.5 NOW
        # TYPE odd_name untyped
        odd_name{my_label="é\"",instance=""} NaN NOW
    "#]]
    .assert_eq(&text.replace(&format!("{}000", shop.now), "NOW"));
    let request = shop.fixture.request(READ, "GET", &escaped("/federate?match[]={__name__=\"odd.name\"}"));
    let request = request.header("accept", "text/plain;version=1.0.0;escaping=allow-utf-8");
    let quoted = shop.fixture.send(request.body(Body::empty()).expect("a request")).await.text();
    expect![[r##"
        # TYPE "odd.name" untyped
        {"odd.name",my_label="é\"",instance=""} NaN NOW
    "##]]
    .assert_eq(&quoted.replace(&format!("{}000", shop.now), "NOW"));
    shop.check("/federate", expect!["200 "]).await;
    shop.check("/federate?match[]=x(", expect![[r#"400 {"status":"error","errorType":"bad_data","error":"invalid parameter \"match[]\": 1:1: parse error: unknown function with name \"x\""}"#]]).await;
}
