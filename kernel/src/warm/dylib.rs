//! All of intone in one shared library, and what the kernel puts around a cell.

pub use library::*;

#[doc(hidden)]
pub mod __kernel {
    use std::cell::Cell;
    use std::fmt::{Arguments, Debug, Write as _};
    use std::io::{Write as _, stdout};
    use std::sync::Once;

    const FRAME: &str = "\u{1}intone:";

    thread_local! {
        static IN_CELL: Cell<bool> = const { Cell::new(false) };
        static REACHED_END: Cell<bool> = const { Cell::new(false) };
    }

    /// A string as JSON.
    fn quoted(text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 2);
        out.push('"');
        for character in text.chars() {
            match character {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' => out.push_str("\\n"),
                control if u32::from(control) < 0x20 => {
                    let _ = write!(out, "\\u{:04x}", u32::from(control));
                }
                other => out.push(other),
            }
        }
        out.push('"');
        out
    }

    fn send(json: &str) {
        let mut out = stdout().lock();
        let _ = out.write_all(format!("{FRAME}{json}\n").as_bytes()).and_then(|()| out.flush());
    }

    /// Standard error of a cell.
    pub fn error_text(text: Arguments<'_>) {
        send(&format!("{{\"stderr\":{}}}", quoted(&text.to_string())));
    }

    /// Says how the cell was left, whichever way that was.
    pub struct Guard(());

    impl Drop for Guard {
        fn drop(&mut self) {
            IN_CELL.set(false);
            let how = if REACHED_END.get() { "done" } else if std::thread::panicking() { "panic" } else { "error" };
            std::eprintln!("{FRAME}end");
            send(&format!("{{\"end\":\"{how}\"}}"));
        }
    }

    /// Begins a cell.
    pub fn begin() -> Guard {
        static HOOK: Once = Once::new();
        HOOK.call_once(report_panics);
        IN_CELL.set(true);
        REACHED_END.set(false);
        send("{\"begin\":true}");
        Guard(())
    }

    /// Notes that the cell's last statement was reached.
    pub fn end() {
        REACHED_END.set(true);
    }

    /// A panic of a cell is told with its place; one of another thread is told as ever.
    fn report_panics() {
        let ordinary = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IN_CELL.get() {
                return ordinary(info);
            }
            let payload = info.payload();
            let message = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let message = message.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a value that is no text".into());
            let (file, line, column) = info.location().map_or(("", 0, 0), |place| (place.file(), place.line(), place.column()));
            send(&format!(
                "{{\"panic\":{{\"message\":{},\"file\":{},\"line\":{line},\"column\":{column}}}}}",
                quoted(&message),
                quoted(file)
            ));
        }));
    }

    /// Marks what is shown next as the cell's result.
    pub fn begin_result() {
        send("{\"result\":true}");
    }

    /// Ends [`begin_result`].
    pub fn end_result() {
        send("{\"result\":false}");
    }

    /// What a value shows that has no `evcxr_display` of its own.
    pub trait DebugDisplay {
        fn evcxr_display(&self);
    }

    impl<T: Debug + ?Sized> DebugDisplay for &T {
        fn evcxr_display(&self) {
            if std::any::type_name::<T>() != "()" {
                send(&format!("{{\"data\":{{\"text/plain\":{}}}}}", quoted(&format!("{self:?}"))));
            }
        }
    }
}

/// Begins a cell: its value lives as long as the cell's variables do.
#[doc(hidden)]
#[macro_export]
macro_rules! __begin {
    () => {
        let guard = $crate::__kernel::begin();
    };
}

/// Ends a cell.
#[doc(hidden)]
#[macro_export]
macro_rules! __end {
    () => {
        $crate::__kernel::end();
    };
}

/// Shows the value of a cell's last expression: by its own `evcxr_display`, else by `Debug`.
#[doc(hidden)]
#[macro_export]
macro_rules! __show {
    (& $value:expr) => {
        $crate::__show!($value)
    };
    ($value:expr) => {
        match &($value) {
            value => {
                #[allow(unused_imports)]
                use $crate::__kernel::DebugDisplay as _;
                $crate::__kernel::begin_result();
                value.evcxr_display();
                $crate::__kernel::end_result();
            }
        }
    };
}

/// `std::eprint!`, in order with standard output.
#[macro_export]
macro_rules! eprint {
    ($($argument:tt)*) => {
        $crate::__kernel::error_text(::std::format_args!($($argument)*))
    };
}

/// `std::eprintln!`, in order with standard output.
#[macro_export]
macro_rules! eprintln {
    () => {
        $crate::__kernel::error_text(::std::format_args!("\n"))
    };
    ($($argument:tt)*) => {
        $crate::__kernel::error_text(::std::format_args!("{}\n", ::std::format_args!($($argument)*)))
    };
}

/// `std::dbg!`, in order with standard output.
#[macro_export]
macro_rules! dbg {
    ($value:expr $(,)?) => {
        match $value {
            value => {
                $crate::eprintln!("{} = {:#?}", ::std::stringify!($value), &value);
                value
            }
        }
    };
}
