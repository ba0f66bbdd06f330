//! JSON Pointers (RFC 6901): which value of a tree is meant, and which was perhaps meant.

use crate::{
    nearest::nearest,
    node::{Node, Value},
};

/// The keys and indices that lead to a value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Pointer(pub(super) Vec<String>);

impl Pointer {
    /// Reads `/components/schemas/Pet`.
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.split('/').skip(1).map(unescape).collect())
    }

    /// The steps, outermost first.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The value it leads to.
    pub(crate) fn get<'a>(&self, root: &'a Node) -> Option<&'a Node> {
        self.0.iter().try_fold(root, |node, key| step(node, key))
    }

    /// The value it leads to, to be changed.
    pub(crate) fn get_mut<'a>(&self, root: &'a mut Node) -> Option<&'a mut Node> {
        self.0
            .iter()
            .try_fold(root, |node, key| match &mut node.value {
                Value::Mapping(entries) => entries.get_mut(key).map(|entry| &mut entry.node),
                Value::Sequence(items) => items.get_mut(key.parse::<usize>().ok()?),
                _ => None,
            })
    }

    /// One step further.
    pub(super) fn child(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(key.to_owned());
        Self(steps)
    }

    /// Where what stood here in Swagger 2.0 stands in OpenAPI 3.
    pub(super) fn moved(&self, root: &Node) -> Self {
        let [first, name, rest @ ..] = self.0.as_slice() else {
            return self.clone();
        };
        let sections: &[&str] = match first.as_str() {
            "definitions" => &["schemas"],
            "responses" => &["responses"],
            // One in the body became a request body.
            "parameters" => &["parameters", "requestBodies"],
            _ => return self.clone(),
        };
        let at = |section: &str| {
            let start = ["components", section, name].map(str::to_owned);
            Self(start.into_iter().chain(rest.iter().cloned()).collect())
        };
        let found = sections
            .iter()
            .map(|it| at(it))
            .find(|it| it.get(root).is_some());
        found.unwrap_or_else(|| at(sections.first().copied().unwrap_or_default()))
    }

    /// A pointer that leads somewhere and differs little, as a reference within its file.
    pub(super) fn nearest(&self, root: &Node) -> Option<String> {
        self.respelt(root)
            .or_else(|| self.in_another_section(root))
            .map(|it| it.to_string())
    }

    /// With the first key that is wrong put right.
    fn respelt(&self, root: &Node) -> Option<Self> {
        let mut node = root;
        for (index, key) in self.0.iter().enumerate() {
            if let Some(next) = step(node, key) {
                node = next;
                continue;
            }
            let known = node.as_mapping()?.keys().map(String::as_str);
            let mut steps = self.0.clone();
            nearest(key, known)?.clone_into(steps.get_mut(index)?);
            let respelt = Self(steps);
            // Only a suggestion that leads somewhere helps.
            return respelt.get(root).is_some().then_some(respelt);
        }
        None
    }

    /// The same last name under a section of `components`: `#/definitions/Pet` is
    /// `#/components/schemas/Pet`.
    fn in_another_section(&self, root: &Node) -> Option<Self> {
        let name = self.0.last()?;
        let sections = root.get("components")?.as_mapping()?;
        let (section, _) = sections
            .iter()
            .find(|(_, section)| section.node.get(name).is_some())?;
        Some(Self(
            ["components", section, name].map(str::to_owned).to_vec(),
        ))
    }
}

/// `#/components/schemas/Pet`
impl std::fmt::Display for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("#")?;
        self.0
            .iter()
            .try_for_each(|step| write!(f, "/{}", escape(step)))
    }
}

pub(super) fn step<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    match &node.value {
        Value::Mapping(entries) => entries.get(key).map(|entry| &entry.node),
        Value::Sequence(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// A key as a segment of a pointer.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that a segment of a pointer means.
fn unescape(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
