//! The files of the page, part of the program.

/// One of them, by where it lies below the page's folder.
pub(super) struct File {
    pub name: &'static str,
    pub kind: &'static str,
    /// `None` for what is made of the configuration.
    pub bytes: Option<&'static [u8]>,
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

macro_rules! files {
    ($($kind:ident $name:literal,)*) => {
        &[
            File { name: "home/definition.js", kind: JS, bytes: None },
            $(File {
                name: $name,
                kind: $kind,
                bytes: Some(include_bytes!(concat!("../../../templates/static/", $name))),
            },)*
        ]
    };
}

pub(super) const FILES: &[File] = files! {
    CSS "base.css",
    SVG "pictograms.svg",
    CSS "home/home.css",
    JS "home/page.js",
    JS "home/booking.js",
    JS "home/check.js",
    JS "home/code.js",
    JS "home/draft.js",
    JS "home/element.js",
    JS "home/entries.js",
    JS "home/fees.js",
    JS "home/form.js",
    JS "home/input.js",
    JS "home/keep.js",
    JS "home/personal_number.js",
    JS "home/picture.js",
    JS "home/qr.js",
    JS "home/resolve.js",
    JS "home/screens.js",
    JS "home/show.js",
    JS "home/text.js",
    JS "home/value.js",
    JS "home/visit.js",
    JS "home/wareki.js",
    JS "home/words.js",
    JS "home/years.js",
    JS "preregistration/body.js",
    JS "preregistration/seal.js",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let served: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        for folder in ["home", "preregistration"] {
            let Ok(files) = std::fs::read_dir(format!("templates/static/{folder}")) else {
                continue;
            };
            for file in files.map(|file| file.unwrap().file_name()) {
                let name = format!("{folder}/{}", file.to_str().unwrap());
                assert!(served.contains(&name.as_str()), "{name}");
            }
        }
    }
}
