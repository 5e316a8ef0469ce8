//! The page's files: name, content type, content.

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Every file that the server gives out.
pub(super) const ASSETS: &[(&str, &str, &[u8])] = &[
    ("index.html", HTML, include_bytes!("page/index.html")),
    ("app.css", CSS, include_bytes!("page/app.css")),
    ("icon.svg", SVG, include_bytes!("page/icon.svg")),
    ("api.js", SCRIPT, include_bytes!("page/api.js")),
    ("app.js", SCRIPT, include_bytes!("page/app.js")),
    ("bars.js", SCRIPT, include_bytes!("page/bars.js")),
    ("capture-worklet.js", SCRIPT, include_bytes!("page/capture-worklet.js")),
    ("colours.js", SCRIPT, include_bytes!("page/colours.js")),
    ("dom.js", SCRIPT, include_bytes!("page/dom.js")),
    ("fft.js", SCRIPT, include_bytes!("page/fft.js")),
    ("live.js", SCRIPT, include_bytes!("page/live.js")),
    ("mel.js", SCRIPT, include_bytes!("page/mel.js")),
    ("microphone.js", SCRIPT, include_bytes!("page/microphone.js")),
    ("picture.js", SCRIPT, include_bytes!("page/picture.js")),
    ("save.js", SCRIPT, include_bytes!("page/save.js")),
    ("sound.js", SCRIPT, include_bytes!("page/sound.js")),
    ("timeline.js", SCRIPT, include_bytes!("page/timeline.js")),
    ("upload.js", SCRIPT, include_bytes!("page/upload.js")),
    ("words.js", SCRIPT, include_bytes!("page/words.js")),
];
