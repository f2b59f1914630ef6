//! serde's view of the tree. Every complaint carries the way to its place.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::complaint::Complaint;
use super::node::{Node, Value};
use super::place::Step;
use super::stand_in::StandIn;

/// What is written says itself what it is; only a stand-in looks at what is
/// wanted.
macro_rules! as_written_or_wanted {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(
            self,
            $($argument: $kind,)*
            visitor: V,
        ) -> Result<V::Value, Complaint> {
            match &self.value {
                Value::StandIn(look) => StandIn(*look).$method($($argument,)* visitor),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Complaint;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Complaint> {
        match &self.value {
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Flag(flag) => visitor.visit_bool(*flag),
            Value::Array(rows) => {
                let mut left = Rows { rows, at: 0 };
                let value = visitor.visit_seq(&mut left)?;
                // A pair of numbers does not look at a third.
                match left.at < rows.len() {
                    true => Err(Complaint::invalid_length(rows.len(), &JustAsMany(left.at))),
                    false => Ok(value),
                }
            }
            Value::Table(entries) => visitor.visit_map(Entries { entries, at: 0 }),
            Value::StandIn(look) => StandIn(*look).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Complaint> {
        match &self.value {
            Value::StandIn(_) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        visitor.visit_newtype_struct(self)
    }

    /// An option is written as its name, or as a table with that one key.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        match &self.value {
            Value::StandIn(look) => StandIn(*look).deserialize_enum(name, variants, visitor),
            Value::Text(text) => visitor.visit_enum(Variant { name: text, content: None }),
            Value::Table(entries) if entries.len() == 1 => {
                let (name, content) = &entries[0];
                visitor.visit_enum(Variant { name, content: Some(content) })
            }
            _ => self.deserialize_any(visitor),
        }
    }

    as_written_or_wanted! {
        deserialize_bool()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_f32() deserialize_f64()
        deserialize_seq() deserialize_map()
        deserialize_tuple(len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple_struct identifier
        ignored_any
    }
}

/// What is wanted where an array is too long: as many as were looked at.
struct JustAsMany(usize);

impl Expected for JustAsMany {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} 個の値の並び", self.0)
    }
}

/// The rows of an array that are still to be read.
struct Rows<'de> {
    rows: &'de [Node],
    at: usize,
}

impl<'de> SeqAccess<'de> for Rows<'de> {
    type Error = Complaint;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Complaint> {
        let Some(node) = self.rows.get(self.at) else { return Ok(None) };
        let row = self.at;
        self.at += 1;
        seed.deserialize(node).map(Some).map_err(|complaint| complaint.inside(Step::Row(row)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rows.len() - self.at)
    }
}

/// The entries of a table that are still to be read.
struct Entries<'de> {
    entries: &'de [(String, Node)],
    at: usize,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Complaint;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Complaint> {
        let Some((key, _)) = self.entries.get(self.at) else { return Ok(None) };
        let key: StrDeserializer<'_, Complaint> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Complaint> {
        let (key, node) = &self.entries[self.at];
        self.at += 1;
        seed.deserialize(node).map_err(|complaint| complaint.inside(Step::Key(key.clone())))
    }
}

/// One option of several, with or without content.
struct Variant<'de> {
    name: &'de str,
    content: Option<&'de Node>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Complaint;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Complaint> {
        let name: StrDeserializer<'_, Complaint> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> Variant<'de> {
    fn with_content<T>(
        self,
        read: impl FnOnce(&'de Node) -> Result<T, Complaint>,
    ) -> Result<T, Complaint> {
        let Some(content) = self.content else {
            return Err(Complaint::invalid_type(Unexpected::Str(self.name), &"{ 項目 = 値 } の組"));
        };
        read(content).map_err(|complaint| complaint.inside(Step::Key(self.name.to_owned())))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Complaint;

    fn unit_variant(self) -> Result<(), Complaint> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(Complaint::invalid_type(Unexpected::Map, &"a string")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Complaint> {
        self.with_content(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Complaint> {
        self.with_content(|content| content.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Complaint> {
        self.with_content(|content| content.deserialize_struct("", fields, visitor))
    }
}
