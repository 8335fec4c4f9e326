use super::*;
pub(crate) fn progress() -> Progress<crate::lines::Line> { Progress::new(None) }
