//! The report in a real browser. Says that it was skipped where there is none.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::folder::{Folder, TINY};

fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("INTONE_BROWSER").map(PathBuf::from);
    let folders = std::env::split_paths(&std::env::var_os("PATH")?).collect::<Vec<_>>();
    let found = ["chromium", "chromium-browser", "google-chrome"].iter().flat_map(|name| folders.iter().map(move |dir| dir.join(name)));
    named.into_iter().chain(found).find(|path| path.exists())
}

fn chromium(browser: &Path, profile: &Path, arguments: &[&str]) -> String {
    let output = Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(arguments)
        .output()
        .expect("the browser starts");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_table_of_all_runs_is_sorted_by_a_click_under_its_own_content_policy() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no Chromium on this machine (INTONE_BROWSER names one)");
        return;
    };
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    for seed in ["1", "2", "3"] {
        folder.intone(&["run", "tiny.toml", "--set", &format!("seed={seed}"), "--set", &format!("name=\"run-{seed}\"")]).with_code(0);
    }
    let wrapper = folder.write(
        "reports/wrapper.html",
        "<iframe src='index.html'></iframe><output></output><script>onload = () => {\
         const page = document.querySelector('iframe').contentDocument;\
         const column = (at) => [...page.querySelectorAll('tbody tr')].map((row) => row.children[at].dataset.value ?? '').join(' ');\
         const heads = page.querySelectorAll('th button'); const out = [];\
         heads[4].click(); out.push(column(4)); heads[4].click(); out.push(column(4)); heads[0].click(); out.push(column(0));\
         document.querySelector('output').textContent = out.join(';'); };</script>",
    );
    let dom = chromium(&browser, &folder.path("profile"), &["--dump-dom", &format!("file://{}", wrapper.display())]);
    let output = dom.split("<output>").nth(1).and_then(|rest| rest.split("</output>").next()).unwrap_or_default();
    let columns: Vec<Vec<&str>> = output.split(';').map(|column| column.split(' ').collect()).collect();
    assert_eq!(columns.len(), 3, "the page answers: {dom}");
    let numbers = |column: &[&str]| column.iter().map(|value| value.parse::<f64>().expect("a UAR")).collect::<Vec<_>>();
    let (down, up) = (numbers(&columns[0]), numbers(&columns[1]));
    assert!(down.len() == 3 && down.is_sorted_by(|a, b| a >= b) && up.is_sorted(), "{output}");
    assert_eq!(columns[2], ["run-3", "run-2", "run-1"]);
}

/// The page `reports/tiny.html` is no wider than any screen, loads nothing, and has its charts.
fn fits(browser: &Path, folder: &Folder, charts: usize) {
    // A frame as wide as a phone: headless windows have a least width of their own.
    for width in [360, 390, 1280] {
        let wrapper = folder.write(
            "reports/wrapper.html",
            &format!(
                "<iframe src='tiny.html' style='width:{width}px;height:900px;border:0'></iframe><output></output><script>\
                 onload = () => {{ const page = document.querySelector('iframe').contentDocument;\
                 const loaded = document.querySelector('iframe').contentWindow.performance.getEntriesByType('resource').length;\
                 document.querySelector('output').textContent = `width ${{page.documentElement.scrollWidth}} loaded ${{loaded}} \
                 charts ${{page.querySelectorAll('svg').length}} heading ${{page.querySelector('h1').textContent.trim()}} end`; }}</script>"
            ),
        );
        let dom = chromium(browser, &folder.path("profile"), &["--dump-dom", &format!("file://{}", wrapper.display())]);
        let output = dom.split("<output>").nth(1).and_then(|rest| rest.split("</output>").next()).unwrap_or_default();
        let words: Vec<&str> = output.split_whitespace().collect();
        assert!(words.len() > 7, "the page answers: {dom}");
        let scroll: usize = words[1].parse().expect("a width");
        assert!(scroll <= width, "{scroll} px of content on a screen of {width}");
        assert_eq!(words[3], "0", "resources loaded");
        assert!(words[5].parse::<usize>().expect("a count") >= charts, "charts: {output}");
        assert!(output.contains("tiny"), "the heading names the experiment: {output}");
    }
}

#[test]
fn the_page_of_a_sweep_fits_a_phone_and_a_desk_and_asks_for_nothing() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no Chromium on this machine (INTONE_BROWSER names one)");
        return;
    };
    let folder = Folder::new();
    folder.write(
        "tiny.toml",
        &format!("{TINY}\n[sweep.over]\n\"training.learning_rate\" = [0.001, 0.02]\n\"model.cnn-bilstm.channels\" = [[8], [4]]\n"),
    );
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    fits(&browser, &folder, 2);
}

#[test]
fn the_report_fits_a_phone_and_a_desk_and_asks_for_nothing() {
    let Some(browser) = browser() else {
        eprintln!("skipped: no Chromium on this machine (INTONE_BROWSER names one)");
        return;
    };
    let folder = Folder::new();
    folder.write("tiny.toml", TINY);
    folder.intone(&["run", "tiny.toml"]).with_code(0);
    fits(&browser, &folder, 3);
    let pdf = folder.path("report.pdf");
    let page = format!("file://{}", folder.path("reports/tiny.html").display());
    chromium(&browser, &folder.path("profile"), &[&format!("--print-to-pdf={}", pdf.display()), &page]);
    assert!(std::fs::metadata(&pdf).expect("a PDF").len() > 20_000);
}
