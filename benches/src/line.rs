//! A straight line fitted to measured points.

/// The least squares line, `y = base + slope * x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// The value at 0.
    pub base: f64,
    /// The increase per unit.
    pub slope: f64,
    /// The largest distance of a point from the line, relative to the line's value there.
    pub worst: f64,
}

impl Line {
    /// Fits a line to `points`, pairs of x and y; `None` without at least two different x.
    #[must_use]
    pub fn through(points: &[(f64, f64)]) -> Option<Self> {
        let count: f64 = points.iter().map(|_| 1.0).sum();
        let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
        let (x_mean, y_mean) = (mean(|point| point.0), mean(|point| point.1));
        let square: f64 = points.iter().map(|(x, _)| (x - x_mean).powi(2)).sum();
        if points.len() < 2 || square == 0.0 {
            return None;
        }
        let slope = points.iter().map(|(x, y)| (x - x_mean) * (y - y_mean)).sum::<f64>() / square;
        let base = y_mean - slope * x_mean;
        let off = points.iter().map(|(x, y)| (y / (base + slope * x) - 1.0).abs());
        Some(Self { base, slope, worst: off.fold(0.0, f64::max) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 1e-9
    }

    #[test]
    fn points_on_a_line_give_that_line() {
        let line = Line::through(&[(1.0, 5.0), (2.0, 7.0), (4.0, 11.0)]).unwrap();
        assert!(close(line.base, 3.0) && close(line.slope, 2.0) && close(line.worst, 0.0), "{line:?}");
    }

    #[test]
    fn the_worst_point_is_reported() {
        let line = Line::through(&[(0.0, 1.0), (1.0, 2.5), (2.0, 1.0)]).unwrap();
        assert!(close(line.base, 1.5) && close(line.slope, 0.0) && close(line.worst, 2.0 / 3.0), "{line:?}");
    }

    #[test]
    fn one_point_makes_no_line() {
        assert_eq!(Line::through(&[]), None);
        assert_eq!(Line::through(&[(1.0, 2.0), (1.0, 3.0)]), None);
    }
}
