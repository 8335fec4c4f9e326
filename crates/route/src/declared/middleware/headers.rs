//! Setting, deleting and checking headers.

use std::collections::BTreeMap;

use crate::declared::fields::Fields;
use crate::declared::values::Pattern;

/// Sets, deletes and checks headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    /// Set on the request; an empty value deletes.
    pub request: BTreeMap<String, String>,
    /// Set on the answer; an empty value deletes.
    pub response: BTreeMap<String, String>,

    /// `Access-Control-Allow-Credentials: true`
    pub allow_credentials: bool,
    /// `Access-Control-Allow-Headers` of answers to preflight requests.
    pub allow_headers: Vec<String>,
    /// `Access-Control-Allow-Methods` of answers to preflight requests.
    pub allow_methods: Vec<String>,
    /// Origins that may, or `*`.
    pub allow_origins: Vec<String>,
    /// Likewise, by expressions.
    pub allow_origin_patterns: Vec<Pattern>,
    /// `Access-Control-Expose-Headers`
    pub expose_headers: Vec<String>,
    /// `Access-Control-Max-Age`, in seconds.
    pub max_age_seconds: Option<i64>,
    /// Whether `Vary: Origin` is added.
    pub add_vary: bool,

    /// Hosts that requests may have; none means all.
    pub allowed_hosts: Vec<String>,
    /// Headers in which the host may stand.
    pub hosts_proxy_headers: Vec<String>,
    /// Headers with values that mean that the client's connection was encrypted.
    pub ssl_proxy_headers: BTreeMap<String, String>,
    /// Redirects clear text to https.
    pub ssl_redirect: bool,
    /// With 302 instead of 301.
    pub ssl_temporary_redirect: bool,
    /// The host that it redirects to.
    pub ssl_host: Option<String>,
    /// Whether requests for other hosts are redirected too.
    pub ssl_force_host: bool,

    /// `Strict-Transport-Security: max-age`; 0 means no such header unless it is forced.
    pub sts_seconds: Option<i64>,
    /// `includeSubDomains`
    pub sts_include_subdomains: bool,
    /// `preload`
    pub sts_preload: bool,
    /// Whether it is set over clear text too.
    pub force_sts: bool,
    /// `X-Frame-Options: DENY`
    pub frame_deny: bool,
    /// `X-Frame-Options`; wins over `frame_deny`.
    pub frame_options: Option<String>,
    /// `X-Content-Type-Options: nosniff`
    pub content_type_nosniff: bool,
    /// `X-XSS-Protection: 1; mode=block`
    pub browser_xss_filter: bool,
    /// `X-XSS-Protection`; wins over `browser_xss_filter`.
    pub browser_xss_value: Option<String>,
    /// `Content-Security-Policy`
    pub content_security_policy: Option<String>,
    /// `Content-Security-Policy-Report-Only`
    pub content_security_policy_report_only: Option<String>,
    /// `Public-Key-Pins`
    pub public_key: Option<String>,
    /// `Referrer-Policy`
    pub referrer_policy: Option<String>,
    /// `Permissions-Policy`
    pub permissions_policy: Option<String>,
    /// `Feature-Policy`
    pub feature_policy: Option<String>,
    /// Switches hosts, redirection and `Strict-Transport-Security` off, for trying things out.
    pub is_development: bool,
}

impl Headers {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut headers = Self {
            request: fields.map("customRequestHeaders"),
            response: fields.map("customResponseHeaders"),
            ..Self::default()
        };
        headers.read_cross_origin(fields);
        headers.read_hosts(fields);
        headers.read_security(fields);
        headers
    }

    fn read_cross_origin(&mut self, fields: &mut Fields<'_, '_>) {
        self.allow_credentials = fields.flag("accessControlAllowCredentials").unwrap_or_default();
        self.allow_headers = fields.list("accessControlAllowHeaders");
        self.allow_methods = fields.list("accessControlAllowMethods");
        self.allow_origins = fields.list("accessControlAllowOriginList");
        let patterns = fields.list("accessControlAllowOriginListRegex");
        self.allow_origin_patterns = patterns
            .iter()
            .filter_map(|text| fields.compiled("accessControlAllowOriginListRegex", text))
            .collect();
        self.expose_headers = fields.list("accessControlExposeHeaders");
        self.max_age_seconds = fields.number("accessControlMaxAge");
        self.add_vary = fields.flag("addVaryHeader").unwrap_or_default();
    }

    fn read_hosts(&mut self, fields: &mut Fields<'_, '_>) {
        self.allowed_hosts = fields.list("allowedHosts");
        self.hosts_proxy_headers = fields.list("hostsProxyHeaders");
        self.ssl_proxy_headers = fields.map("sslProxyHeaders");
        self.ssl_redirect = fields.flag("sslRedirect").unwrap_or_default();
        self.ssl_temporary_redirect = fields.flag("sslTemporaryRedirect").unwrap_or_default();
        self.ssl_host = fields.text("sslHost");
        self.ssl_force_host = fields.flag("sslForceHost").unwrap_or_default();
        self.is_development = fields.flag("isDevelopment").unwrap_or_default();
    }

    fn read_security(&mut self, fields: &mut Fields<'_, '_>) {
        self.sts_seconds = fields.number("stsSeconds");
        self.sts_include_subdomains = fields.flag("stsIncludeSubdomains").unwrap_or_default();
        self.sts_preload = fields.flag("stsPreload").unwrap_or_default();
        self.force_sts = fields.flag("forceSTSHeader").unwrap_or_default();
        self.frame_deny = fields.flag("frameDeny").unwrap_or_default();
        self.frame_options = fields.text("customFrameOptionsValue");
        self.content_type_nosniff = fields.flag("contentTypeNosniff").unwrap_or_default();
        self.browser_xss_filter = fields.flag("browserXssFilter").unwrap_or_default();
        self.browser_xss_value = fields.text("customBrowserXSSValue");
        self.content_security_policy = fields.text("contentSecurityPolicy");
        self.content_security_policy_report_only = fields.text("contentSecurityPolicyReportOnly");
        self.public_key = fields.text("publicKey");
        self.referrer_policy = fields.text("referrerPolicy");
        self.permissions_policy = fields.text("permissionsPolicy");
        self.feature_policy = fields.text("featurePolicy");
    }
}
