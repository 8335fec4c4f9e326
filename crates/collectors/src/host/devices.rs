//! Network devices as such: `node_network_up` and its kin, and what wears out or overheats.

use std::fs;
use std::path::Path;

use model::Ordered as _;

use super::files::{number, unreadable};
use super::{Host, Take, Unreadable};

/// Files of a device that hold a number, and what it is called.
const NUMBERS: [(&str, &str); 3] = [
    ("mtu", "node_network_mtu_bytes"),
    ("carrier", "node_network_carrier"),
    ("carrier_changes", "node_network_carrier_changes_total"),
];

/// What `sys/class/net` says of each device.
pub(super) fn network(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    for (device, folder) in folders(&host.sys.join("class/net"))? {
        // One for each container.
        if device.starts_with("veth") {
            continue;
        }
        let read = |name: &str| text(&folder.join(name));
        let labels = [("device", device.as_str())];
        let state = read("operstate").unwrap_or_default();
        take("node_network_up", &labels, f64::from(u8::from(state == "up")));
        for (file, name) in NUMBERS {
            if let Some(value) = number(read(file).as_deref()) {
                take(name, &labels, value);
            }
        }
        // In megabits; -1 where there is none.
        if let Some(speed) = number(read("speed").as_deref()).filter(|speed| *speed > 0.0) {
            take("node_network_speed_bytes", &labels, speed * 1e6 / 8.0);
        }
        let (address, duplex) = (read("address").unwrap_or_default(), read("duplex").unwrap_or_default());
        let labels =
            [("address", address.as_str()), ("device", &device), ("duplex", &duplex), ("operstate", &state)];
        take("node_network_info", &labels, 1.0);
    }
    Ok(())
}

/// Temperatures: `node_hwmon_temp_celsius` and the bounds that the chip tells.
pub(super) fn temperatures(host: &Host, take: &mut Take<'_>) -> Result<(), Unreadable> {
    let path = host.sys.join("class/hwmon");
    // A virtual machine has none.
    if !path.exists() {
        return Ok(());
    }
    for (name, folder) in folders(&path)? {
        let chip = chip(&folder).unwrap_or(name);
        if let Some(told) = text(&folder.join("name")) {
            take("node_hwmon_chip_names", &[("chip", &chip), ("chip_name", &told)], 1.0);
        }
        for (file, path) in folders(&folder)? {
            let Some((sensor, kind)) = file.split_once('_').filter(|(sensor, _)| sensor.starts_with("temp"))
            else {
                continue;
            };
            let labels = [("chip", chip.as_str()), ("sensor", sensor)];
            let name = match kind {
                "input" => "node_hwmon_temp_celsius",
                "max" => "node_hwmon_temp_max_celsius",
                "crit" => "node_hwmon_temp_crit_celsius",
                "label" => {
                    let label = text(&path).unwrap_or_default();
                    let labels = [("chip", chip.as_str()), ("label", &label), ("sensor", sensor)];
                    take("node_hwmon_sensor_label", &labels, 1.0);
                    continue;
                }
                _ => continue,
            };
            if let Some(thousandths) = number(text(&path).as_deref()) {
                take(name, &labels, thousandths / 1000.0);
            }
        }
    }
    Ok(())
}

/// `platform_coretemp_0`: the bus of the device and its name there.
fn chip(folder: &Path) -> Option<String> {
    let device = fs::canonicalize(folder.join("device")).ok()?;
    let name = plain(device.file_name()?.to_str()?);
    let bus = plain(device.parent()?.file_name()?.to_str()?);
    (!name.is_empty() && !bus.is_empty()).then(|| format!("{bus}_{name}"))
}

fn plain(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || c == ':' { c } else { '_' };
    name.to_ascii_lowercase().chars().map(kept).collect::<String>().trim_matches('_').to_owned()
}

/// What is in a folder, sorted by name.
fn folders(path: &Path) -> Result<Vec<(String, std::path::PathBuf)>, Unreadable> {
    let entries = fs::read_dir(path).map_err(|error| unreadable(path, error))?;
    let named = |entry: fs::DirEntry| Some((entry.file_name().into_string().ok()?, entry.path()));
    let mut found: Vec<_> = entries.filter_map(Result::ok).filter_map(named).collect();
    found.order();
    Ok(found)
}

fn text(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}
