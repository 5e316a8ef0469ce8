//! Stands in for the crate in tests of the kernel. The tests put the crate's own `ask.rs` and `emit.rs` into `display/`.

pub mod display;
pub mod prelude;

/// Two kinds of value: one that shows itself, and one that is only printed.
pub mod shapes {
    use crate::display::{Bundle, emit};

    #[derive(Debug, Clone)]
    pub struct Square(pub f64);

    impl Square {
        pub fn area(&self) -> f64 {
            self.0 * self.0
        }

        pub fn evcxr_display(&self) {
            let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{0}\"><rect width=\"{0}\" height=\"{0}\"/></svg>", self.0);
            emit(&Bundle::new().with("image/svg+xml", svg).with("text/plain", format!("a square of {}", self.0)), None, false);
        }
    }

    #[derive(Debug, Clone)]
    pub struct Circle(pub f64);

    impl Circle {
        /// Refuses what is no circle.
        pub fn checked(radius: f64) -> Result<Self, String> {
            if radius > 0.0 { Ok(Self(radius)) } else { Err(format!("{radius} is no radius")) }
        }
    }
}
