#[derive(Debug, clap::Args)]
pub struct Arguments { pub notebook: std::path::PathBuf }
impl Arguments { pub fn check(&self) -> Result<(), String> { Ok(()) } }
pub fn run(a: &Arguments, place: &crate::cli::Place) -> anyhow::Result<std::process::ExitCode> {
    crate::session::watch()?;
    let t = std::time::Instant::now();
    let mut s = crate::session::Session::start(&place.toolchain, &place.template)?;
    eprintln!("started {:?}", t.elapsed());
    for (i, cell) in std::fs::read_to_string(&a.notebook)?.split("\n---\n").enumerate() {
        let t = std::time::Instant::now();
        let r = s.execute(cell, i as u32 + 1, |e| println!("{e:?}"), &|_, _| "answer".into());
        println!("[{}] {:?} {:?}", i + 1, t.elapsed(), r);
        if let Err(e) = r { println!("{}", e.traceback.join("\n")); }
    }
    Ok(std::process::ExitCode::SUCCESS)
}
