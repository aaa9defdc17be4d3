//! Labels at the right ends of lines: as near to their lines as they can be without touching each other.

/// Where labels of the given heights go, when each wants its centre at `wanted`, all stay within `low..high`, and none
/// overlaps another. Returns centres in the order given; `None` where they do not fit.
///
/// Labels that touch form a block whose centre is the mean of what its members want, as in isotonic regression
/// (Barlow et al. 1972): the sum of squared distances is the least possible.
pub(super) fn spread(wanted: &[f64], heights: &[f64], low: f64, high: f64) -> Option<Vec<f64>> {
    let total: f64 = heights.iter().sum();
    if total > high - low {
        return None;
    }
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let mut blocks: Vec<Block> = Vec::new();
    for index in order {
        let mut block = Block::single(index, wanted[index], heights[index], (low, high));
        while let Some(before) = blocks.pop_if(|before| before.end() > block.start + 1e-9) {
            block = before.joined(block, (low, high));
        }
        blocks.push(block);
    }
    let mut centres = vec![0.0; wanted.len()];
    for block in blocks {
        let mut top = block.start;
        for index in block.members {
            centres[index] = top + heights[index] / 2.0;
            top += heights[index];
        }
    }
    Some(centres)
}

struct Block {
    members: Vec<usize>,
    start: f64,
    height: f64,
    /// Sum over members of where the block would have to start for each to get what it wants.
    starts: f64,
}

impl Block {
    fn single(index: usize, wanted: f64, height: f64, bounds: (f64, f64)) -> Self {
        let starts = wanted - height / 2.0;
        Self { members: vec![index], start: 0.0, height, starts }.placed(bounds)
    }

    fn end(&self) -> f64 {
        self.start + self.height
    }

    fn joined(mut self, other: Self, bounds: (f64, f64)) -> Self {
        self.starts += other.starts - self.height * other.members.len() as f64;
        self.height += other.height;
        self.members.extend(other.members);
        self.placed(bounds)
    }

    fn placed(mut self, (low, high): (f64, f64)) -> Self {
        let mean = self.starts / self.members.len() as f64;
        self.start = mean.min(high - self.height).max(low);
        self
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop, prop_assert, proptest};

    use super::spread;

    #[test]
    fn labels_stay_where_they_want_to_be_or_share_the_way() {
        assert_eq!(spread(&[10.0, 50.0], &[10.0, 10.0], 0.0, 100.0), Some(vec![10.0, 50.0]));
        assert_eq!(spread(&[50.0, 50.0], &[10.0, 10.0], 0.0, 100.0), Some(vec![45.0, 55.0]));
        assert_eq!(spread(&[99.0, 98.0], &[10.0, 10.0], 0.0, 100.0), Some(vec![95.0, 85.0]));
        assert_eq!(spread(&[1.0, 2.0], &[60.0, 60.0], 0.0, 100.0), None);
    }

    proptest! {
        #[test]
        fn no_two_labels_touch_and_none_leaves(
            labels in prop::collection::vec((-50.0_f64..150.0, 1.0_f64..12.0), 0..9)
        ) {
            let (wanted, heights): (Vec<_>, Vec<_>) = labels.into_iter().unzip();
            if let Some(centres) = spread(&wanted, &heights, 0.0, 100.0) {
                let mut boxes: Vec<_> =
                    centres.iter().zip(&heights).map(|(at, height)| (at - height / 2.0, at + height / 2.0)).collect();
                boxes.sort_by(|a, b| a.0.total_cmp(&b.0));
                prop_assert!(boxes.iter().all(|(top, bottom)| *top >= -1e-6 && *bottom <= 100.0 + 1e-6));
                prop_assert!(boxes.windows(2).all(|pair| pair[0].1 <= pair[1].0 + 1e-6));
            } else {
                prop_assert!(heights.iter().sum::<f64>() > 100.0);
            }
        }
    }
}
