//! Where languages differ.

/// How a language computes. The default is Prometheus's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The labels that name what is measured, what kind of number it is and in which unit. Arithmetic and `without`
    /// drop them, and they never tell which series belong together unless they are asked for.
    pub name_labels: &'static [&'static str],
    /// Dividing by zero gives NaN, also where IEEE 754 says infinity.
    pub zero_divides_to_nan: bool,
    /// Sums and means carry along what rounding took away (Kahan and Neumaier).
    pub compensated_sums: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            name_labels: &["__name__", "__type__", "__unit__"],
            zero_divides_to_nan: false,
            compensated_sums: true,
        }
    }
}

impl Rules {
    /// Whether `name` is one of the labels that name what is measured.
    pub(crate) fn is_name(&self, name: &str) -> bool {
        self.name_labels.contains(&name)
    }
}
