//! A line's pieces as elements.

use leptos::prelude::*;
use web_logic::line::Piece;

/// Draws a line. Text is always text: nothing in it is taken for markup.
pub(crate) fn draw(pieces: Vec<Piece>) -> Vec<AnyView> {
    pieces.into_iter().map(one).collect()
}

fn one(piece: Piece) -> AnyView {
    let classes = piece.classes();
    if classes.is_empty() {
        return piece.text.into_any();
    }
    if piece.marked {
        return view! { <mark class=classes>{piece.text}</mark> }.into_any();
    }
    view! { <span class=classes>{piece.text}</span> }.into_any()
}
