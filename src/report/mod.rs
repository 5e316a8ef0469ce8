//! A run folder in, one self-contained HTML file out.
