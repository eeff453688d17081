use std::f64::consts::PI;

/// A factor on the learning rate: linear from 0 over the warm-up, then a half cosine from 1 down
/// to a floor, as transformers' `cosine_with_min_lr`.
#[derive(Clone, Copy, Debug)]
pub struct CosineSchedule {
    warmup: usize,
    steps: usize,
    floor: f64,
}

impl CosineSchedule {
    /// For `steps` optimizer steps, of which the share `warmup_ratio` warms up; `floor` is what
    /// remains at the end.
    pub fn new(steps: usize, warmup_ratio: f64, floor: f64) -> Self {
        Self {
            warmup: (steps as f64 * warmup_ratio).ceil() as usize,
            steps,
            floor,
        }
    }

    /// The factor for the optimizer step with this number, counted from 0.
    pub fn factor(&self, step: usize) -> f64 {
        if step < self.warmup {
            return step as f64 / self.warmup as f64;
        }
        let decay = self.steps.saturating_sub(self.warmup).max(1);
        let progress = ((step - self.warmup) as f64 / decay as f64).min(1.0);
        self.floor + (1.0 - self.floor) * 0.5 * (1.0 + (PI * progress).cos())
    }
}

#[cfg(test)]
mod tests {
    use super::CosineSchedule;

    #[test]
    fn warms_up_and_falls_to_the_floor() {
        let schedule = CosineSchedule::new(110, 10.0 / 110.0, 0.1);
        let expected = [
            (0, 0.0),
            (5, 0.5),
            (10, 1.0),
            (60, 0.55),
            (110, 0.1),
            (500, 0.1),
        ];
        for (step, factor) in expected {
            assert!(
                (schedule.factor(step) - factor).abs() < 1e-12,
                "step {step}"
            );
        }
    }

    #[test]
    fn no_step_and_no_warmup_are_fine() {
        assert_eq!(CosineSchedule::new(0, 0.0, 0.1).factor(0), 1.0);
        assert_eq!(CosineSchedule::new(10, 0.0, 0.1).factor(0), 1.0);
    }
}
