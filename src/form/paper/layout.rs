//! A template's sheet and the places on it, without faults.

use super::fault::Fault;
use super::geometry::{field_of_row, size_mm};
use super::{RowField, check, sheet};
use crate::form::template::{Field, Template};
use crate::pdf::{Background, Fonts};

/// No paper has more pages.
const PAGES_MAX: usize = 100;

/// The sheet, page by page, and what is written where.
pub(super) struct Layout {
    pub sheet: Vec<Background>,
    /// Repeated fields are taken apart into rows.
    pub fields: Vec<RowField>,
}

impl Layout {
    /// Compiles the sheet: the town's own PDF, or what the template draws.
    ///
    /// # Errors
    /// Every fault at once.
    pub fn of(
        template: &Template,
        background: Option<&[u8]>,
        fonts: &Fonts,
    ) -> Result<Self, Vec<Fault>> {
        let town = background.map(|bytes| sheet::of_town(template, bytes, fonts)).transpose();
        let sizes: Vec<(f32, f32)> = match &town {
            Ok(Some(pages)) => pages.iter().map(|page| sheet::town_size(template, page)).collect(),
            Ok(None) => vec![size_mm(&template.paper)],
            // How many pages there are cannot be known.
            Err(_) => {
                let last = template.field.iter().map(|field| field.page).max();
                vec![size_mm(&template.paper); last.unwrap_or(1).clamp(1, PAGES_MAX)]
            }
        };
        let mut faults = check::faults(template, &sizes);
        let sheet = match town {
            Ok(Some(pages)) => Some(pages),
            Ok(None) => sheet::drawn(template, fonts, &mut faults).map(|page| vec![page]),
            Err(found) => {
                faults.extend(found);
                None
            }
        };
        match sheet {
            Some(sheet) if faults.is_empty() => {
                let fields = template.field.iter().flat_map(|field| rows(field, template));
                Ok(Self { sheet, fields: fields.collect() })
            }
            _ => Err(faults),
        }
    }
}

/// A repeated field once for each row; another field as it is.
fn rows(field: &Field, template: &Template) -> Vec<RowField> {
    let is_name = check::is_name(field, template);
    let Some(repeat) = field.repeat else {
        return vec![RowField { id: field.id.clone(), field: field.clone(), is_name }];
    };
    let row = |number: u32| RowField {
        id: format!("{}.{number}", field.id),
        field: field_of_row(field, repeat, number),
        is_name,
    };
    (1..=repeat.count).map(row).collect()
}
