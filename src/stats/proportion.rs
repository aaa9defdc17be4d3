//! Whether one share is larger than another by more than chance.

use statrs::distribution::{DiscreteCDF, Hypergeometric};

/// The chance that at least so many of all events fall into the second group, if an event is as likely in both: the exact
/// test of Fisher, "Statistical Methods for Research Workers", 5th ed. 1934, section 21.02. A group is the number of its
/// events and of all its members.
#[must_use]
pub fn more_than_chance((before, all_before): (u32, u32), (now, all_now): (u32, u32)) -> f64 {
    let [members, events, second] = [all_before + all_now, before + now, all_now].map(u64::from);
    let law = Hypergeometric::new(members, events, second).expect("a group has no more events than members");
    now.checked_sub(1).map_or(1.0, |fewer| law.sf(fewer.into()))
}

#[cfg(test)]
mod tests {
    use super::more_than_chance;

    /// From R: `fisher.test(matrix(c(…), 2), alternative = "less")$p.value`, and by hand 1/C(6, 3) for the second.
    #[test]
    fn the_exact_test_agrees_with_r() {
        for (base, new, p) in [
            ((0, 15), (0, 15), 1.0),
            ((0, 3), (3, 3), 0.05),
            ((0, 15), (5, 15), 0.021_072_796_934_865_9),
            ((1, 15), (2, 15), 0.5),
            ((5, 15), (0, 15), 1.0),
        ] {
            let found = more_than_chance(base, new);
            assert!((found - p).abs() < 1e-12, "{base:?} {new:?}: {found}");
        }
    }
}
