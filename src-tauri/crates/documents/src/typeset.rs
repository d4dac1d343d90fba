//! Pages from a template and its data, by Typst.
//!
//! A template is markup of this crate; the data is one JSON file that the template reads, so no text of a customer is
//! ever parsed as markup. The typesetter sees these files and nothing else: no disk, no network, no clock.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Offset, Timelike};
use chrono_tz::Tz;
use serde::Serialize;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::layout::{Abs, Em};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook, FontVariations};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::DocumentError;

/// Markup of this crate.
pub struct Template {
    file: FileId,
    source: Source,
}

impl Template {
    /// From a file of the `templates` folder.
    pub fn new(name: &'static str, text: &'static str) -> Self {
        let file = file(name);
        Self { file, source: Source::new(file, text.to_owned()) }
    }
}

/// How wide the built-in fonts draw a character, in sizes of the text (em); `None` if none of them has it. Of the weights
/// it is the widest.
pub fn width(c: char) -> Option<f64> {
    TOOLS.widths.get(&c).copied()
}

/// Lays out `data` by `template` and writes the PDF, dated `moment` (office's zone).
///
/// # Errors
/// [`DocumentError::Layout`] and [`DocumentError::Pdf`] are faults of the template.
pub fn pdf(template: &Template, data: &impl Serialize, moment: DateTime<Tz>) -> Result<Vec<u8>, DocumentError> {
    let desk = Desk { template, data: Bytes::new(serde_json::to_vec(data)?) };
    let document = typst::compile::<PagedDocument>(&desk);
    let document = document.output.map_err(|faults| DocumentError::Layout(summary(&faults)));
    let bytes = document.and_then(|document| {
        let pdf = |standard: &[PdfStandard]| {
            let standards = PdfStandards::new(standard).unwrap_or_default();
            let creator = Smart::Custom(Some("Neff Office".to_owned()));
            let options = PdfOptions { creator, timestamp: timestamp(moment), standards, ..PdfOptions::default() };
            typst_pdf::pdf(&document, &options)
        };
        // Accessible by the standard where possible; a rule broken by somebody's odd text must not cost the crew its
        // sheet, which without the standard's stamp is the same sheet.
        pdf(&[PdfStandard::Ua_1]).or_else(|_| pdf(&[])).map_err(|faults| DocumentError::Pdf(summary(&faults)))
    });
    // Layouts are remembered between calls; a program that runs for weeks must not keep them all.
    typst::comemo::evict(2);
    bytes
}

/// The fonts and the standard library, read once.
struct Tools {
    fonts: Vec<Font>,
    book: LazyHash<FontBook>,
    library: LazyHash<Library>,
    widths: HashMap<char, f64>,
}

static TOOLS: LazyLock<Tools> = LazyLock::new(|| {
    let files: [&[u8]; 6] = [
        include_bytes!("../fonts/Inter-Regular.ttf"),
        include_bytes!("../fonts/Inter-SemiBold.ttf"),
        include_bytes!("../fonts/Inter-Bold.ttf"),
        include_bytes!("../fonts/NotoSansHebrew.ttf"),
        include_bytes!("../fonts/NotoSansArabic.ttf"),
        include_bytes!("../fonts/NotoEmoji.ttf"),
    ];
    let fonts: Vec<Font> = files.into_iter().flat_map(|data| Font::iter(Bytes::new(data))).collect();
    let mut widths = HashMap::new();
    for font in &fonts {
        let covered = font.info().coverage.iter().filter_map(char::from_u32);
        let instance = font.clone().instantiate(font.info().variant, Abs::pt(10.0), &FontVariations::default());
        for c in covered {
            let glyph = instance.ttf().glyph_index(c);
            let width = glyph.and_then(|glyph| instance.x_advance(glyph.0)).map_or(1.0, Em::get);
            let widest = widths.entry(c).or_insert(width);
            *widest = width.max(*widest);
        }
    }
    let book = LazyHash::new(FontBook::from_fonts(&fonts));
    Tools { book, fonts, library: LazyHash::new(Library::default()), widths }
});

static DATA: LazyLock<FileId> = LazyLock::new(|| file("data.json"));
static COMMON: LazyLock<Template> =
    LazyLock::new(|| Template::new("common.typ", include_str!("../templates/common.typ")));

#[expect(clippy::expect_used, reason = "the names are written in this crate and the tests use each")]
fn file(name: &'static str) -> FileId {
    RootedPath::new(VirtualRoot::Project, VirtualPath::new(name).expect("a plain name")).intern()
}

/// What the typesetter may see while it lays out one document.
struct Desk<'a> {
    template: &'a Template,
    data: Bytes,
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &TOOLS.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &TOOLS.book
    }
    fn main(&self) -> FileId {
        self.template.file
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        [self.template, &COMMON]
            .into_iter()
            .find(|template| template.file == id)
            .map(|template| template.source.clone())
            .ok_or(FileError::AccessDenied)
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == *DATA { Ok(self.data.clone()) } else { Err(FileError::AccessDenied) }
    }
    fn font(&self, index: usize) -> Option<Font> {
        TOOLS.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// The faults in a line. They quote the template, never the data.
fn summary(faults: &[SourceDiagnostic]) -> String {
    faults.iter().take(3).map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn timestamp(moment: DateTime<Tz>) -> Option<Timestamp> {
    let two = |n: u32| u8::try_from(n).ok();
    let local = Datetime::from_ymd_hms(
        moment.year(),
        two(moment.month())?,
        two(moment.day())?,
        two(moment.hour())?,
        two(moment.minute())?,
        two(moment.second())?,
    )?;
    Timestamp::new_local(local, moment.offset().fix().local_minus_utc() / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_is_there() {
        assert_eq!(TOOLS.fonts.len(), 6);
        for c in ['A', 'ł', 'Ж', '…', '·', '²', '→', 'ש', 'ع', '☎', '👷', '\u{25A1}', '\u{A0}'] {
            assert!(width(c).is_some_and(|width| width > 0.1), "{c}");
        }
        assert_eq!(width('山'), None);
    }

    #[test]
    fn a_template_sees_its_own_files_only() {
        let peek = |text| pdf(&Template::new("peek.typ", text), &(), DateTime::UNIX_EPOCH.with_timezone(&Tz::UTC));
        assert!(peek("= Title\n#set document(title: [x])").is_ok());
        for text in ["#read(\"/etc/passwd\")", "#import \"@preview/x:0.1.0\": *", "#datetime.today()", "#panic()"] {
            assert!(matches!(peek(text), Err(DocumentError::Layout(_))), "{text}");
        }
    }
    /// What reads XML in the typesetter is reached by these only; `deny.toml` relies on it.
    #[test]
    fn no_template_has_a_bibliography() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            for word in ["bibliography", "cite", ".csl", "xml(", "eval("] {
                assert!(!text.contains(word), "{word}");
            }
            seen += 1;
        }
        assert!(seen >= 3);
    }
}
