//! Networks and their training, from outside: equal to PyTorch, reproducible, and honest about what goes wrong.

mod nn {
    mod reproducible;
    mod support;
    mod torch;
    mod training;
}
