//! The durations of a cell.

use std::ops::Deref;

/// Numbers in the order measured. A single one takes no memory of its own: a table may have one in each of a million cells.
#[derive(Clone, Debug, PartialEq)]
pub struct Points(PointList);

#[derive(Clone, Debug, PartialEq)]
enum PointList {
    One(f64),
    Many(Box<[f64]>),
}

impl Deref for Points {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        match &self.0 {
            PointList::One(point) => std::slice::from_ref(point),
            PointList::Many(points) => points,
        }
    }
}

impl From<Vec<f64>> for Points {
    fn from(points: Vec<f64>) -> Self {
        Self(match points.as_slice() {
            [one] => PointList::One(*one),
            _ => PointList::Many(points.into_boxed_slice()),
        })
    }
}
