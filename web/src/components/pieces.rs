//! A line's pieces as elements.

use crate::prelude::*;
use web_logic::line::Piece;
use web_sys::Element;

use crate::dom::El;

/// Puts pieces into an element. Text is always text: nothing in it is taken for markup.
pub(crate) fn put_pieces(into: &Element, pieces: &[Piece]) {
    for piece in pieces {
        put(into, &piece.text, &piece.classes(), piece.marked);
    }
}

/// An element that holds pieces.
pub(crate) fn pieced(element: El, pieces: &[Piece]) -> El {
    put_pieces(element.element(), pieces);
    element
}

/// Puts a text with a look; without classes it needs no element.
pub(crate) fn put(into: &Element, text: &str, classes: &str, marked: bool) {
    if classes.is_empty() {
        let _ = into.append_child(&document().create_text_node(text));
        return;
    }
    let piece = crate::dom::el(if marked { "mark" } else { "span" }, classes).text(text);
    let _ = into.append_child(piece.element());
}
