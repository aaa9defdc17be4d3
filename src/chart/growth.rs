//! How durations grow with the number of requests, in words: the same shapes as the report's findings.

use crate::chart::kind::Subject;
use crate::chart::words;
use crate::config::Label;
use crate::format::grouped;
use crate::model::figure::{Panel, Role, Series};
use crate::report::{FindingKind, GrowthShape};

/// The growth of each line but the ideal ones. Durations are divided by `divisor`.
pub(super) fn trends(subject: &Subject<'_>, panel: &Panel, divisor: f64) -> Vec<String> {
    let lines = panel.series.iter().filter(|line| line.role != Role::Ideal);
    lines.map(|line| described(subject, panel, (line, divisor))).collect()
}

fn described(subject: &Subject<'_>, panel: &Panel, (line, divisor): (&Series, f64)) -> String {
    let found = shape(subject, line).and_then(|shape| {
        let value = |seconds: f64| words::told(subject.labels, seconds / divisor, panel.y.unit);
        let fill = |label, values: &[(&str, &str)]| {
            subject.labels.fill(label, &[&[("strategy", line.name.as_str())], values].concat())
        };
        Some(match shape {
            GrowthShape::TooFewCounts { .. } => return None,
            GrowthShape::NoTrend(fit) if !fit.margin_s.is_finite() => return None,
            GrowthShape::Steps { workers, step_s, .. } => {
                fill(Label::Steps, &[("number", &grouped(*workers)), ("value", &value(*step_s))])
            }
            GrowthShape::Level { mean_s, .. } => fill(Label::NearlyConstant, &[("value", &value(*mean_s))]),
            GrowthShape::NoTrend(fit) => {
                let [least, greatest] = [-fit.margin_s, fit.margin_s].map(|reach| value(fit.slope_s + reach));
                fill(Label::NoTrend, &[("least", &least), ("greatest", &greatest)])
            }
            GrowthShape::Slope { fit, .. } if fit.slope_s > 0.0 => {
                fill(Label::Grows, &[("value", &value(fit.slope_s))])
            }
            GrowthShape::Slope { fit, .. } => fill(Label::Falls, &[("value", &value(-fit.slope_s))]),
        })
    });
    found.unwrap_or_else(|| words::line(subject.labels, line, panel.y.unit))
}

/// What the report finds of a measured line.
fn shape<'a>(subject: &'a Subject<'_>, line: &Series) -> Option<&'a GrowthShape> {
    let own = |index: &[usize]| line.role == Role::Measured && index == [line.strategy_index];
    subject.report.findings.iter().find_map(|finding| match &finding.kind {
        FindingKind::Growth(shape) if own(&finding.strategy_indices) => Some(shape),
        _ => None,
    })
}
