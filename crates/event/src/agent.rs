//! Which browser and which system a `User-Agent` names: the common ones, nothing more.

/// What a `User-Agent` says. Empty where it says nothing that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agent<'t> {
    pub(crate) browser: &'static str,
    pub(crate) browser_version: &'t str,
    pub(crate) system: &'static str,
    pub(crate) system_version: &'t str,
}

/// Words before a browser's version, and its name. Most browsers name others as well, so the order counts.
const BROWSERS: [(&str, &str); 16] = [
    ("EdgA/", "Edge Mobile"),
    ("EdgiOS/", "Edge Mobile"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("HeadlessChrome/", "HeadlessChrome"),
    ("CriOS/", "Chrome Mobile iOS"),
    ("FxiOS/", "Firefox iOS"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
    ("python-requests/", "python-requests"),
    ("Go-http-client/", "Go-http-client"),
];

/// Likewise for systems.
const SYSTEMS: [(&str, &str); 9] = [
    ("Windows NT ", "Windows"),
    ("iPhone OS ", "iOS"),
    ("CPU OS ", "iPadOS"),
    ("Android ", "Android"),
    ("CrOS ", "ChromeOS"),
    ("Mac OS X ", "macOS"),
    ("Mac OS X", "macOS"),
    ("Android", "Android"),
    ("Linux", "Linux"),
];

/// Longer ones are not looked at whole.
const BYTES_MAX: usize = 512;

/// What the text names.
pub(crate) fn read(text: &str) -> Agent<'_> {
    let text = &text[..text.floor_char_boundary(BYTES_MAX.min(text.len()))];
    let known =
        |(word, name): &(&str, &'static str)| Some((*name, version(&text[text.find(word)? + word.len()..])));
    let is_safari = |name: &str| name != "Safari" || text.contains("Safari/");
    let browser = BROWSERS.iter().filter_map(known).find(|(name, _)| is_safari(name));
    let system = SYSTEMS.iter().find_map(known);
    let (browser, browser_version) = browser.unwrap_or_default();
    let (system, system_version) = system.unwrap_or_default();
    // The version that Windows names says nothing since its tenth.
    let system_version = if system == "Windows" { "" } else { system_version };
    Agent { browser, browser_version, system, system_version }
}

/// The digits and points at the beginning, without `.0.0` at their end.
fn version(text: &str) -> &str {
    let end =
        text.find(|sign: char| !sign.is_ascii_digit() && sign != '.' && sign != '_').unwrap_or(text.len());
    let version = &text[..end];
    version.find(".0.0").map_or(version, |at| &version[..at]).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_are_told_apart() {
        let check = |text: &str, expected: [&str; 4]| {
            let Agent { browser, browser_version, system, system_version } = read(text);
            assert_eq!([browser, browser_version, system, system_version], expected, "{text}");
        };
        let mozilla = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)";
        check(&format!("{mozilla} Chrome/130.0.0.0 Safari/537.36"), ["Chrome", "130", "Linux", ""]);
        check(
            &format!("{mozilla} HeadlessChrome/130.0.6723.58 Safari/537.36"),
            ["HeadlessChrome", "130.0.6723.58", "Linux", ""],
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.2849.46",
            ["Edge", "130.0.2849.46", "Windows", ""],
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
            ["Safari", "17.6", "macOS", "10_15_7"],
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
            ["Safari", "17.6", "iOS", "17_6"],
        );
        check(
            "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0",
            ["Firefox", "131.0", "Android", "14"],
        );
        check("curl/8.5.0", ["curl", "8.5.0", "", ""]);
        check("", ["", "", "", ""]);
        check(&"é".repeat(1000), ["", "", "", ""]);
    }
}
