//! Elements without the framework's generic views. Those are made anew for every element and every closure, at a
//! kilobyte or two each; these share one function per deed, and signals drive them all the same. Where a page has
//! many small parts they are built of these: see `reactive` for the same thought about closures.
//!
//! ```ignore
//! el("ul", "things").keyed(move || things.get().into_iter().map(|thing| (thing.id.clone(), draw(thing))).collect())
//! ```
//!
//! Whatever is bound follows its signals until the part of the page that built it is gone.

use std::rc::Rc;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

use crate::components::{Sign, path};
use crate::reactive::{Ask, Deaf, Hear, effect};

const SVG: &str = "http://www.w3.org/2000/svg";

/// An element.
#[derive(Clone)]
pub(crate) struct El(Element);

/// An element with classes; `""`: none.
pub(crate) fn el(name: &str, class: &str) -> El {
    let element = document().create_element(name).expect("the names of elements are written here");
    if !class.is_empty() {
        element.set_class_name(class);
    }
    El(element)
}

/// A picture.
pub(crate) fn sign(sign: Sign) -> El {
    let make = |name: &str| {
        let element = document().create_element_ns(Some(SVG), name);
        El(element.expect("the names of elements are written here"))
    };
    let svg = make("svg").attr("class", "icon").attr("viewBox", "0 0 24 24").attr("aria-hidden", "true");
    svg.add(make("path").attr("d", path(sign)))
}

/// A path in a box, for small charts.
pub(crate) fn drawing(class: &str, view_box: &str, shape: &str) -> El {
    drawings(class, view_box, &[("", shape.to_owned())])
}

/// Paths in a box, each with its class.
pub(crate) fn drawings(class: &str, view_box: &str, shapes: &[(&str, String)]) -> El {
    let make = |name: &str| {
        let element = document().create_element_ns(Some(SVG), name);
        El(element.expect("the names of elements are written here"))
    };
    let svg = make("svg").attr("class", class).attr("viewBox", view_box).attr("aria-hidden", "true");
    let paths = shapes.iter().map(|(class, shape)| make("path").attr("class", class).attr("d", shape));
    svg.attr("preserveAspectRatio", "none").add_all(paths.collect())
}

/// A button with words.
pub(crate) fn button(class: &str, words: &str) -> El {
    el("button", class).attr("type", "button").text(words)
}

/// A button with a picture; `words` are its name and its hover.
pub(crate) fn icon_button(picture: Sign, words: &str) -> El {
    el("button", "button-icon")
        .attr("type", "button")
        .attr("aria-label", words)
        .attr("title", words)
        .add(sign(picture))
}

/// A field that must be filled in, under its words, and the field itself to read.
pub(crate) fn text_field(words: &str, attributes: &[(&str, &str)]) -> (El, HtmlInputElement) {
    let (label, field) = self::field(words, attributes);
    field.set_required(true);
    (label, field)
}

/// A field under its words, and the field itself to read.
pub(crate) fn field(words: &str, attributes: &[(&str, &str)]) -> (El, HtmlInputElement) {
    let input = attributes.iter().fold(el("input", "input"), |input, (name, value)| input.attr(name, value));
    let field = input.element().clone().unchecked_into();
    (el("label", "field").text(words).add(input), field)
}

/// A button that asks once more before it acts; `words`: what it says, and what it says then.
pub(crate) fn careful_button(words: (&'static str, &'static str), act: impl Fn() + 'static) -> El {
    let sure = RwSignal::new(false);
    let clicked = move || {
        if sure.get_untracked() {
            act();
        }
        sure.set(true);
    };
    button("button", "")
        .class_of("button-danger", move || sure.get())
        .text_of(move || if sure.get() { words.1 } else { words.0 }.to_owned())
        .click(clicked)
        .on("blur", move |_| sure.set(false))
}

/// A table in a box that scrolls sideways; the last column's head is only heard.
pub(crate) fn table(heads: &[&str], rows: impl Fn() -> Vec<El> + 'static) -> El {
    let head = |(at, words): (usize, &&str)| {
        let cell = el("th", "").attr("scope", "col");
        if at + 1 == heads.len() {
            cell.add(el("span", "visually-hidden").text(words))
        } else {
            cell.text(words)
        }
    };
    let heads = el("tr", "").add_all(heads.iter().enumerate().map(head).collect());
    let table = el("table", "table").add(el("thead", "").add(heads)).add(el("tbody", "").children_of(rows));
    el("div", "table-scroll").add(table)
}

impl El {
    /// The element itself.
    pub(crate) fn element(&self) -> &Element {
        &self.0
    }

    /// The element as one that has a style and can be focused.
    pub(crate) fn html(&self) -> &HtmlElement {
        self.0.unchecked_ref()
    }

    /// With an attribute.
    pub(crate) fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// With text behind what it holds. Text is never taken for markup.
    pub(crate) fn text(self, text: &str) -> Self {
        if !text.is_empty() {
            let _ = self.0.append_child(&document().create_text_node(text));
        }
        self
    }

    /// With a child behind what it holds.
    pub(crate) fn add(self, child: Self) -> Self {
        let _ = self.0.append_child(&child.0);
        self
    }

    /// With children behind what it holds.
    pub(crate) fn add_all(self, children: Vec<Self>) -> Self {
        self.each(children)
    }

    /// With children behind what it holds, each added as soon as it is made.
    pub(crate) fn each(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, Self::add)
    }

    /// Calls `heard` with every event of a name.
    pub(crate) fn on(self, name: &str, heard: impl FnMut(Event) + 'static) -> Self {
        self.hear(name, Box::new(heard))
    }

    fn hear(self, name: &str, mut heard: Box<dyn Hear<Event>>) -> Self {
        let heard = Closure::<dyn FnMut(Event)>::new(move |event| heard.hear(event));
        let _ = self.0.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        // It lives as long as the part of the page that is being built.
        StoredValue::new(Listener { element: self.0.clone(), name: name.to_owned(), heard });
        self
    }

    /// Calls `clicked` with every click.
    pub(crate) fn click(self, clicked: impl FnMut() + 'static) -> Self {
        self.hear("click", Box::new(Deaf(clicked)))
    }

    /// Its text follows signals.
    pub(crate) fn text_of(self, text: impl Fn() -> String + 'static) -> Self {
        self.follow_text(Box::new(text))
    }

    fn follow_text(self, text: Box<dyn Ask<String>>) -> Self {
        let element = self.0.clone();
        effect(move || element.set_text_content(Some(&text.ask())));
        self
    }

    /// An attribute follows signals; `None`: it is not there.
    pub(crate) fn attr_of(self, name: &'static str, value: impl Fn() -> Option<String> + 'static) -> Self {
        self.follow_attr(name, Box::new(value))
    }

    fn follow_attr(self, name: &'static str, value: Box<dyn Ask<Option<String>>>) -> Self {
        let element = self.0.clone();
        effect(move || {
            let _ = match value.ask() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        });
        self
    }

    /// A class is there while a condition holds.
    pub(crate) fn class_of(self, name: &'static str, holds: impl Fn() -> bool + 'static) -> Self {
        self.follow_class(name, Box::new(holds))
    }

    fn follow_class(self, name: &'static str, holds: Box<dyn Ask<bool>>) -> Self {
        let element = self.0.clone();
        effect(move || {
            let _ = element.class_list().toggle_with_force(name, holds.ask());
        });
        self
    }

    /// With a class if something holds once and for all.
    pub(crate) fn class_if(self, name: &str, holds: bool) -> Self {
        if holds {
            let _ = self.0.class_list().add_1(name);
        }
        self
    }

    /// `aria-pressed` follows a condition.
    pub(crate) fn pressed_of(self, holds: impl Fn() -> bool + 'static) -> Self {
        self.attr_of("aria-pressed", move || Some(holds().to_string()))
    }

    /// It can be used while a condition holds.
    pub(crate) fn enabled_of(self, holds: impl Fn() -> bool + 'static) -> Self {
        self.attr_of("disabled", move || (!holds()).then(String::new))
    }

    /// What it holds follows signals: all of it is built anew.
    pub(crate) fn children_of(self, children: impl Fn() -> Vec<Self> + 'static) -> Self {
        self.follow_children(Box::new(children))
    }

    fn follow_children(self, children: Box<dyn Ask<Vec<Self>>>) -> Self {
        let element = self.0.clone();
        effect(move || {
            element.set_text_content(None);
            for child in children.ask() {
                let _ = element.append_child(&child.0);
            }
        });
        self
    }

    /// What it holds follows signals: what is there already under its key stays.
    pub(crate) fn keyed(self, items: impl Fn() -> Vec<Keyed> + 'static) -> Self {
        self.follow_keyed(Box::new(items))
    }

    fn follow_keyed(self, items: Box<dyn Ask<Vec<Keyed>>>) -> Self {
        let parent = self.0.clone();
        let owner = Owner::current().unwrap_or_default();
        let mut shown: Vec<(String, Self, Owner)> = Vec::new();
        effect(move || {
            let mut before = std::mem::take(&mut shown);
            for (key, draw) in items.ask() {
                let known = before.iter().position(|(known, ..)| *known == key);
                shown.push(match known {
                    Some(at) => before.swap_remove(at),
                    None => {
                        let owner = owner.child();
                        let drawn = untrack(|| owner.with(draw));
                        (key, drawn, owner)
                    }
                });
            }
            for (_, gone, owner) in before {
                owner.cleanup();
                gone.0.remove();
            }
            in_order(&parent, shown.iter().map(|(_, child, _)| &child.0));
        });
        self
    }
}

/// Puts the whole page into the document.
pub(crate) fn show(page: &El) {
    if let Some(body) = document().body() {
        let _ = body.append_child(page.element());
    }
}

/// What `draw` makes, while a condition holds.
pub(crate) fn when(holds: impl Fn() -> bool + 'static, draw: impl Fn() -> El + 'static) -> El {
    drawn_while(Box::new(holds), Box::new(draw))
}

fn drawn_while(holds: Box<dyn Ask<bool>>, draw: Box<dyn Ask<El>>) -> El {
    switch(move || usize::from(holds.ask()), Box::new(move |_| draw.ask()), 0)
}

/// What `draw` makes of the present case, made anew when the case changes; of `none` it makes nothing.
pub(crate) fn switch(case: impl Fn() -> usize + 'static, draw: Box<dyn Fn(usize) -> El>, none: usize) -> El {
    drawn_case(Box::new(case), draw.into(), none)
}

fn drawn_case(case: Box<dyn Ask<usize>>, draw: Rc<dyn Fn(usize) -> El>, none: usize) -> El {
    el("div", "host").keyed(move || {
        let (case, draw) = (case.ask(), Rc::clone(&draw));
        if case == none {
            return Vec::new();
        }
        vec![(case.to_string(), Box::new(move || draw(case)))]
    })
}

/// Hears events for as long as it is kept: an element that is taken away loses the focus, and would tell what is
/// gone already.
struct Listener {
    element: Element,
    name: String,
    heard: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let heard = self.heard.as_ref().unchecked_ref();
        let _ = self.element.remove_event_listener_with_callback(&self.name, heard);
    }
}

/// What names an item of a list, and how it is drawn.
pub(crate) type Keyed = (String, Box<dyn FnOnce() -> El>);

/// Brings children into order, moving as few as can be where most stay.
pub(crate) fn in_order<'a>(parent: &Element, wanted: impl Iterator<Item = &'a Element>) {
    let mut next = parent.first_element_child();
    for child in wanted {
        if next.as_ref() == Some(child) {
            next = child.next_element_sibling();
        } else {
            let _ = parent.insert_before(child, next.as_deref());
        }
    }
}
