//! A module as `gpt-codegen` writes it, by hand: the contract between the two crates.
#![forbid(unsafe_code)]
#![deny(warnings)]

#[allow(missing_docs)]
pub mod zoo {
    use ::gpt_runtime::__private as rt;
    use rt::prelude::*;

    /// Zoo API 1.0.
    pub static API: rt::Api = rt::Api {
        name: "zoo",
        title: "Zoo API",
        version: "1.0",
        servers: &[rt::Server {
            url: "https://zoo.example/{base}",
            variables: &[("base", "v1")],
        }],
        security_schemes: &[rt::SecurityScheme {
            name: "key",
            kind: rt::SecurityKind::ApiKey(rt::Location::Header, "X-Api-Key"),
        }],
        schemas: "{}",
    };

    /// The selected operations in the order of the document.
    pub const OPERATIONS: &[&rt::Operation] = &[<GetAnimal as rt::Action>::OPERATION];

    /// Calls the operations of Zoo API.
    #[derive(Clone, Debug)]
    pub struct Client {
        _http: (),
    }

    /// Arguments of `getAnimal`: Returns one animal.
    ///
    /// `GET /animals/{id}`
    #[derive(Clone)]
    pub struct GetAnimal {
        /// The animal's number.
        pub id: i64,
        pub kinds: Option<Vec<Kind>>,
    }

    impl rt::Action for GetAnimal {
        const OPERATION: &'static rt::Operation = &rt::Operation {
            api: &API,
            id: "getAnimal",
            tool: rt::Tool {
                name: "getAnimal",
                description: "Returns one animal.",
                parameters: r#"{
  "type": "object",
  "properties": {
    "id": { "type": "integer", "description": "The animal's number." }
  },
  "required": ["id"],
  "additionalProperties": false
}"#,
                example: r#"{"id":1}"#,
            },
            method: rt::Method::Get,
            path: "/animals/{id}",
            servers: &[],
            parameters: &[rt::Parameter {
                argument: "id",
                name: "id",
                location: rt::Location::Path,
                style: rt::Style::Simple,
                explode: false,
                allow_reserved: false,
                required: true,
                content: None,
            }],
            body: None,
            answers: &[rt::Response {
                status: rt::Status::Code(200),
                media_type: Some("application/json"),
                variant: 0,
            }],
            failures: &[
                rt::Response {
                    status: rt::Status::Code(404),
                    media_type: Some("application/problem+json"),
                    variant: 0,
                },
                rt::Response {
                    status: rt::Status::Default,
                    media_type: None,
                    variant: 1,
                },
            ],
            security: &[&[rt::Requirement {
                scheme: "key",
                scopes: &[],
            }]],
            consequential: false,
            deprecated: false,
        };
        type Answer = Animal;
        type Failure = GetAnimalFailure;
    }

    impl rt::Record for GetAnimal {
        const TABLE: rt::RecordTable = rt::RecordTable {
            name: "GetAnimal",
            fields: &[
                ("id", rt::Presence::Required),
                ("kinds", rt::Presence::Optional),
            ],
            rest: rt::Rest::Refused,
        };
        fn blank() -> Self {
            Self {
                id: rt::blank(),
                kinds: rt::blank(),
            }
        }
        fn get(&self, index: usize) -> &dyn rt::Slot {
            match index {
                0 => &self.id,
                _ => &self.kinds,
            }
        }
        fn get_mut(&mut self, index: usize) -> &mut dyn rt::Slot {
            match index {
                0 => &mut self.id,
                _ => &mut self.kinds,
            }
        }
    }

    /// How `getAnimal` fails, by status.
    #[derive(Clone)]
    pub enum GetAnimalFailure {
        /// 404: There is no such animal.
        NotFound(Problem),
        /// Any other status.
        Default(()),
    }

    impl rt::Union for GetAnimalFailure {
        const TABLE: rt::UnionTable = rt::UnionTable {
            name: "GetAnimalFailure",
            tag: None,
            variants: &[
                rt::UnionVariant {
                    name: "NotFound",
                    tags: &[],
                },
                rt::UnionVariant {
                    name: "Default",
                    tags: &[],
                },
            ],
            open: false,
        };
        fn blank(variant: usize) -> Self {
            match variant {
                0 => Self::NotFound(rt::blank()),
                _ => Self::Default(rt::blank()),
            }
        }
        fn get(&self) -> (usize, &dyn rt::Slot) {
            match self {
                Self::NotFound(payload) => (0, payload),
                Self::Default(payload) => (1, payload),
            }
        }
        fn get_mut(&mut self) -> &mut dyn rt::Slot {
            match self {
                Self::NotFound(payload) => payload,
                Self::Default(payload) => payload,
            }
        }
    }

    /// What went wrong.
    #[derive(Clone)]
    pub struct Problem {
        pub title: Option<String>,
    }

    impl rt::Record for Problem {
        const TABLE: rt::RecordTable = rt::RecordTable {
            name: "Problem",
            fields: &[("title", rt::Presence::Optional)],
            rest: rt::Rest::Ignored,
        };
        fn blank() -> Self {
            Self { title: rt::blank() }
        }
        fn get(&self, _: usize) -> &dyn rt::Slot {
            &self.title
        }
        fn get_mut(&mut self, _: usize) -> &mut dyn rt::Slot {
            &mut self.title
        }
    }

    /// An animal.
    #[derive(Clone)]
    pub enum Animal {
        Cat(Cat),
        Dog(Box<Dog>),
        /// An animal this version of the document does not know.
        Other(rt::Value),
    }

    impl rt::Union for Animal {
        const TABLE: rt::UnionTable = rt::UnionTable {
            name: "Animal",
            tag: Some("kind"),
            variants: &[
                rt::UnionVariant {
                    name: "Cat",
                    tags: &["cat"],
                },
                rt::UnionVariant {
                    name: "Dog",
                    tags: &["dog"],
                },
                rt::UnionVariant {
                    name: "Other",
                    tags: &[],
                },
            ],
            open: true,
        };
        fn blank(variant: usize) -> Self {
            match variant {
                0 => Self::Cat(rt::blank()),
                1 => Self::Dog(rt::blank()),
                _ => Self::Other(rt::blank()),
            }
        }
        fn get(&self) -> (usize, &dyn rt::Slot) {
            match self {
                Self::Cat(payload) => (0, payload),
                Self::Dog(payload) => (1, payload),
                Self::Other(payload) => (2, payload),
            }
        }
        fn get_mut(&mut self) -> &mut dyn rt::Slot {
            match self {
                Self::Cat(payload) => payload,
                Self::Dog(payload) => payload,
                Self::Other(payload) => payload,
            }
        }
    }

    #[derive(Clone)]
    pub struct Cat {
        pub born: rt::Date,
        pub weight: Option<Option<f64>>,
        /// Properties the document does not name.
        pub additional: rt::BTreeMap<String, i64>,
    }

    impl rt::Record for Cat {
        const TABLE: rt::RecordTable = rt::RecordTable {
            name: "Cat",
            fields: &[
                ("born", rt::Presence::Required),
                ("weight", rt::Presence::OptionalNullable),
            ],
            rest: rt::Rest::Kept,
        };
        fn blank() -> Self {
            Self {
                born: rt::blank(),
                weight: rt::blank(),
                additional: rt::blank(),
            }
        }
        fn get(&self, index: usize) -> &dyn rt::Slot {
            match index {
                0 => &self.born,
                1 => &self.weight,
                _ => &self.additional,
            }
        }
        fn get_mut(&mut self, index: usize) -> &mut dyn rt::Slot {
            match index {
                0 => &mut self.born,
                1 => &mut self.weight,
                _ => &mut self.additional,
            }
        }
    }

    #[derive(Clone)]
    pub struct Dog {
        pub kind: Option<Kind>,
        pub puppies: Vec<Dog>,
        pub r#type: Option<i64>,
    }

    impl rt::Record for Dog {
        const TABLE: rt::RecordTable = rt::RecordTable {
            name: "Dog",
            fields: &[
                ("kind", rt::Presence::Optional),
                ("puppies", rt::Presence::Required),
                ("type", rt::Presence::RequiredNullable),
            ],
            rest: rt::Rest::Ignored,
        };
        fn blank() -> Self {
            Self {
                kind: rt::blank(),
                puppies: rt::blank(),
                r#type: rt::blank(),
            }
        }
        fn get(&self, index: usize) -> &dyn rt::Slot {
            match index {
                0 => &self.kind,
                1 => &self.puppies,
                _ => &self.r#type,
            }
        }
        fn get_mut(&mut self, index: usize) -> &mut dyn rt::Slot {
            match index {
                0 => &mut self.kind,
                1 => &mut self.puppies,
                _ => &mut self.r#type,
            }
        }
    }

    #[derive(Clone)]
    pub enum Kind {
        Cat,
        Dog,
        /// A value this version of the document does not know.
        Other(String),
    }

    impl rt::TextEnum for Kind {
        const NAME: &'static str = "one of `cat`, `dog`";
        const VALUES: &'static [(&'static str, Self)] = &[("cat", Self::Cat), ("dog", Self::Dog)];
        const OTHER: Option<fn(String) -> Self> = Some(Self::Other);
        fn other(&self) -> Option<&str> {
            match self {
                Self::Other(text) => Some(text),
                _ => None,
            }
        }
    }

    rt::records!(GetAnimal, Problem, Cat, Dog);
    rt::unions!(Animal);
    rt::responses!(GetAnimalFailure);
    rt::text_enums!(Kind);
}

use gpt_runtime::data::{from_slice, to_string, to_value};
use zoo::{Animal, Cat, Kind};

#[test]
fn tagged_union_reads_and_writes() {
    let json = r#"{"kind":"cat","born":"2020-02-29","weight":null,"lives":9}"#;
    let animal: Animal = from_slice(json.as_bytes()).unwrap();
    let Animal::Cat(Cat {
        weight, additional, ..
    }) = &animal
    else {
        panic!("{animal:?}")
    };
    assert_eq!(*weight, Some(None));
    assert_eq!(additional.get("lives"), Some(&9));
}

#[test]
fn unknown_tag_is_kept() {
    let json = r#"{"kind":"cow","x":1}"#;
    let animal: Animal = from_slice(json.as_bytes()).unwrap();
    assert!(matches!(animal, Animal::Other(_)));
    assert_eq!(to_string(&animal), json);
}

#[test]
fn nested_failure_has_a_path() {
    let json = r#"{"kind":"dog","puppies":[{"puppies":[],"type":1},{"puppies":[],"type":"x"}],"type":null}"#;
    let error = from_slice::<Animal>(json.as_bytes()).unwrap_err();
    assert_eq!(error.path, "puppies[1].type");
    let error = from_slice::<zoo::Dog>(br#"{"puppies":[]}"#).unwrap_err();
    assert_eq!(error.message, "missing property `type` at line 1 column 14");
}

#[test]
fn serde_traits_go_through_the_tables() {
    let dog: zoo::Dog = serde_json::from_str(r#"{"kind":"wolf","puppies":[],"type":3}"#).unwrap();
    assert_eq!(dog.kind, Some(Kind::Other("wolf".into())));
    assert_eq!(serde_json::to_value(&dog).unwrap(), to_value(&dog));
    assert_eq!(
        format!("{dog:?}"),
        r#"Dog { kind: Some("wolf"), puppies: [], type: Some(3) }"#
    );
}
