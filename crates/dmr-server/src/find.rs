//! Finds the route of a path: a tree by segments, walked without allocation.

use crate::route::{Method, Route};
use std::ops::Range;

/// The most parameters a path has.
const MOST: usize = 2;

/// The tree of all templates.
#[derive(Default)]
pub struct Places {
    literals: Vec<(&'static str, Places)>,
    parameter: Option<Box<Places>>,
    routes: [Option<&'static Route>; Method::ALL.len()],
}

/// The place a path leads to, and where in the path its parameters stand.
pub struct Place<'a> {
    pub routes: &'a [Option<&'static Route>; Method::ALL.len()],
    pub spans: Spans,
}

/// Where in a path its parameters stand, in order.
pub type Spans = [Range<u32>; MOST];

impl Places {
    pub fn of(routes: &'static [&'static Route]) -> Self {
        let mut root = Self::default();
        for route in routes {
            root.insert(route);
        }
        root
    }

    /// The place of a path. A literal segment goes before a parameter; an empty segment fills no parameter.
    pub fn find(&self, path: &str) -> Option<Place<'_>> {
        let mut spans: Spans = [0..0, 0..0];
        let rest = path.strip_prefix('/')?;
        let routes = self.walk(rest, 1, &mut spans, 0)?;
        Some(Place { routes, spans })
    }

    fn insert(&mut self, route: &'static Route) {
        let mut place = self;
        for segment in route.template.trim_start_matches('/').split('/') {
            place = if segment.starts_with('{') {
                place.parameter.get_or_insert_default()
            } else {
                let at = match place.literals.iter().position(|(literal, _)| *literal == segment) {
                    Some(at) => at,
                    None => {
                        place.literals.push((segment, Self::default()));
                        place.literals.len() - 1
                    }
                };
                &mut place.literals[at].1
            };
        }
        place.routes[route.method as usize] = Some(route);
    }

    fn walk(&self, rest: &str, at: u32, spans: &mut Spans, filled: usize) -> Option<&[Option<&'static Route>; Method::ALL.len()]> {
        let (segment, after) = match rest.split_once('/') {
            Some((segment, after)) => (segment, Some(after)),
            None => (rest, None),
        };
        let length = u32::try_from(segment.len()).ok()?;
        let literal = self.literals.iter().find(|(literal, _)| *literal == segment).map(|(_, place)| place);
        if let Some(found) = literal.and_then(|place| place.on(after, at + length + 1, spans, filled)) {
            return Some(found);
        }
        let parameter = self.parameter.as_deref().filter(|_| !segment.is_empty())?;
        *spans.get_mut(filled)? = at..at + length;
        parameter.on(after, at + length + 1, spans, filled + 1)
    }

    fn on(&self, after: Option<&str>, at: u32, spans: &mut Spans, filled: usize) -> Option<&[Option<&'static Route>; Method::ALL.len()]> {
        match after {
            Some(after) => self.walk(after, at, spans, filled),
            None => Some(&self.routes).filter(|routes| routes.iter().any(Option::is_some)),
        }
    }
}

/// The methods of a place as the `Allow` header tells them.
pub fn allowed(routes: &[Option<&'static Route>]) -> String {
    let mut methods: Vec<&str> = routes.iter().flatten().map(|route| route.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}
