//! Tracebacks of Python.

/// What a job died of.
#[derive(Clone, Copy)]
pub(crate) struct Failure {
    /// As `repr()` shows it.
    pub(crate) error: &'static str,
    pub(crate) traceback: &'static str,
}

pub(crate) const NO_DATABASE: &str = r#"Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/db/backends/base/base.py", line 279, in ensure_connection
    self.connect()
  File "/usr/local/lib/python3.12/site-packages/django/db/backends/base/base.py", line 256, in connect
    self.connection = self.get_new_connection(conn_params)
                      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/site-packages/psycopg/connection.py", line 119, in connect
    raise last_ex.with_traceback(None)
django.db.utils.OperationalError: connection failed: connection to server at "127.20.0.16", port 5432 failed: FATAL:  sorry, too many clients already"#;

pub(crate) const NO_PAYMENT: &str = r#"Traceback (most recent call last):
  File "/app/shop/checkout/views.py", line 88, in post
    charge = self.billing.charge(order)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/payments/client.py", line 41, in charge
    response = self.session.post(self.url, json=payload, timeout=10)
  File "/usr/local/lib/python3.12/site-packages/requests/adapters.py", line 713, in send
    raise ReadTimeout(e, request=request)
requests.exceptions.ReadTimeout: HTTPConnectionPool(host='billing', port=9000): Read timed out. (read timeout=10)"#;

pub(crate) const NO_SEARCH: &str = r#"Traceback (most recent call last):
  File "/app/shop/search/views.py", line 23, in get
    hits = search.query(request.GET["q"])
           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/usr/local/lib/python3.12/site-packages/requests/adapters.py", line 700, in send
    raise ConnectionError(e, request=request)
requests.exceptions.ConnectionError: HTTPConnectionPool(host='search', port=9300): Max retries exceeded with url: /query"#;

pub(crate) const BAD_RELEASE: &str = r#"Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
               ^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/catalogue/views.py", line 52, in get
    price = pricing.with_discount(product)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/catalogue/pricing.py", line 17, in with_discount
    return product.price * (1 - campaign["discount"])
                                ~~~~~~~~^^^^^^^^^^^^
KeyError: 'discount'"#;

pub(crate) const ODDITY: &str = r#"Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
               ^^^^^^^^^^^^^^^^^^^^^
  File "/app/shop/orders/views.py", line 31, in get
    return self.render(order.shipment.tracking_url)
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^
AttributeError: 'NoneType' object has no attribute 'tracking_url'"#;

pub(crate) const CAPTURE_TIMEOUT: Failure = Failure {
    error: "ReadTimeout(ReadTimeoutError(\"HTTPConnectionPool(host='billing', port=9000): Read timed out.\"))",
    traceback: r#"Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/celery/app/trace.py", line 453, in trace_task
    R = retval = fun(*args, **kwargs)
  File "/app/shop/tasks.py", line 27, in capture_payment
    billing.capture(order)
  File "/app/shop/payments/client.py", line 63, in capture
    response = self.session.post(url, timeout=25)
requests.exceptions.ReadTimeout: HTTPConnectionPool(host='billing', port=9000): Read timed out. (read timeout=25)"#,
};

pub(crate) const WORKER_NO_DATABASE: Failure = Failure {
    error: "OperationalError('connection failed: FATAL:  sorry, too many clients already')",
    traceback: r#"Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/celery/app/trace.py", line 453, in trace_task
    R = retval = fun(*args, **kwargs)
  File "/app/shop/tasks.py", line 64, in sync_stock
    for item in Item.objects.select_for_update():
  File "/usr/local/lib/python3.12/site-packages/psycopg/connection.py", line 119, in connect
    raise last_ex.with_traceback(None)
django.db.utils.OperationalError: connection failed: FATAL:  sorry, too many clients already"#,
};

pub(crate) const NO_MAILER: Failure = Failure {
    error: "ConnectionError(MaxRetryError(\"HTTPConnectionPool(host='mailer', port=3000): Max retries exceeded\"))",
    traceback: r#"Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/celery/app/trace.py", line 453, in trace_task
    R = retval = fun(*args, **kwargs)
  File "/app/shop/tasks.py", line 45, in send_receipt
    mailer.send("receipt", order)
requests.exceptions.ConnectionError: HTTPConnectionPool(host='mailer', port=3000): Max retries exceeded with url: /send"#,
};

/// What the cron job dies of now and then.
pub(crate) const LOCKED: &str = r#"Traceback (most recent call last):
  File "/app/manage.py", line 22, in <module>
    main()
  File "/app/shop/management/commands/cleanup_sessions.py", line 14, in handle
    Session.objects.filter(expire_date__lt=now()).delete()
django.db.utils.OperationalError: canceling statement due to lock timeout"#;
