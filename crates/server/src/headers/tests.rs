use axum::Router;
use axum::body::Body;
use axum::middleware::from_fn;
use axum::routing::get;
use tower::ServiceExt;

use super::*;

#[tokio::test]
async fn a_handler_that_panics_costs_its_own_request_only() {
    let panics = || async {
        if true {
            panic!("on purpose");
        }
    };
    let router = Router::new().route("/bad", get(panics)).layer(from_fn(catch_panics));
    for _ in 0..2 {
        let request = http::Request::get("/bad").body(Body::empty()).expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
