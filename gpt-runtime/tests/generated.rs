//! A module as `gpt-codegen` writes it, by hand: the contract between the two crates.
#![forbid(unsafe_code)]
#![deny(warnings)]

#[allow(missing_docs, clippy::unit_arg)]
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
        answer_schemas: "{}",
    };

    /// The selected operations in the order of the document.
    pub const OPERATIONS: &[&rt::Described] = &[<GetAnimal as rt::Action>::OPERATION];

    /// Calls the operations of Zoo API.
    #[derive(Clone, Debug)]
    pub struct Client {
        _http: (),
    }

    /// Arguments of `getAnimal`: Returns one animal.
    ///
    /// `GET /animals/{id}`
    pub struct GetAnimal {
        /// The animal's number.
        pub id: i64,
        pub kinds: Option<Vec<Kind>>,
    }

    impl rt::Action for GetAnimal {
        const OPERATION: &'static rt::Described = &rt::Described::new(
            &API,
            "getAnimal",
            rt::Tool {
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
            r#"{
  "method": "GET",
  "path": "/animals/{id}",
  "parameters": [{ "name": "id", "in": "path" }],
  "answers": [{ "status": "200", "mediaType": "application/json" }],
  "failures": [
    { "status": "404", "mediaType": "application/problem+json" },
    { "variant": 1 }
  ],
  "security": [{ "key": [] }]
}"#,
        );
        type Answer = Animal;
        type Failure = GetAnimalFailure;
    }

    impl rt::Data for GetAnimal {
        const TABLE: &'static str = "{9!GetAnimal 2:id 5?kinds";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            Self {
                id: parts.next(),
                kinds: parts.next(),
            }
        }
        fn slots(&self, to: rt::Slots<'_>) {
            to.all(&[&self.id, &self.kinds]);
        }
    }

    /// How `getAnimal` fails, by status.
    pub enum GetAnimalFailure {
        /// 404: There is no such animal.
        NotFound(Problem),
        /// Any other status.
        Default(()),
    }

    impl rt::Data for GetAnimalFailure {
        const TABLE: &'static str = "|16#GetAnimalFailure 8:NotFound 7:Default";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            match parts.variant() {
                0 => Self::NotFound(parts.next()),
                _ => Self::Default(parts.next()),
            }
        }
        fn payload(&self) -> (usize, &dyn rt::Slot) {
            match self {
                Self::NotFound(payload) => (0, payload),
                Self::Default(payload) => (1, payload),
            }
        }
    }

    /// What went wrong.
    pub struct Problem {
        pub title: Option<String>,
    }

    impl rt::Data for Problem {
        const TABLE: &'static str = "{7.Problem 5?title";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            Self {
                title: parts.next(),
            }
        }
        fn slots(&self, to: rt::Slots<'_>) {
            to.all(&[&self.title]);
        }
    }

    /// An animal.
    pub enum Animal {
        Cat(Cat),
        Dog(Box<Dog>),
        /// An animal this version of the document does not know.
        Other(rt::Value),
    }

    impl rt::Data for Animal {
        const TABLE: &'static str = "|6+Animal 4=kind 3:Cat 3,cat 3:Dog 3,dog 5:Other";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            match parts.variant() {
                0 => Self::Cat(parts.next()),
                1 => Self::Dog(parts.next()),
                _ => Self::Other(parts.next()),
            }
        }
        fn payload(&self) -> (usize, &dyn rt::Slot) {
            match self {
                Self::Cat(payload) => (0, payload),
                Self::Dog(payload) => (1, payload),
                Self::Other(payload) => (2, payload),
            }
        }
    }

    pub struct Cat {
        pub born: rt::Date,
        pub weight: Option<Option<f64>>,
        /// Properties the document does not name.
        pub additional: rt::BTreeMap<String, i64>,
    }

    impl rt::Data for Cat {
        const TABLE: &'static str = "{3+Cat 4:born 6*weight";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            Self {
                born: parts.next(),
                weight: parts.next(),
                additional: parts.next(),
            }
        }
        fn slots(&self, to: rt::Slots<'_>) {
            to.all(&[&self.born, &self.weight, &self.additional]);
        }
    }

    pub struct Dog {
        pub kind: Option<Kind>,
        pub puppies: Vec<Dog>,
        pub r#type: Option<i64>,
    }

    impl rt::Data for Dog {
        const TABLE: &'static str = "{3.Dog 4?kind 7:puppies 4~type";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            Self {
                kind: parts.next(),
                puppies: parts.next(),
                r#type: parts.next(),
            }
        }
        fn slots(&self, to: rt::Slots<'_>) {
            to.all(&[&self.kind, &self.puppies, &self.r#type]);
        }
    }

    #[derive(Clone)]
    pub enum Kind {
        Cat,
        Dog,
        /// A value this version of the document does not know.
        Other(String),
    }

    impl rt::Data for Kind {
        const TABLE: &'static str = "\"4+Kind 3:cat 3:dog";
        const VALUES: &'static [Self] = &[Self::Cat, Self::Dog];
        const OTHER_TEXT: Option<fn(String) -> Self> = Some(Self::Other);
        fn other_text(&self) -> Option<&str> {
            match self {
                Self::Other(text) => Some(text),
                _ => None,
            }
        }
    }

    pub enum Size {
        Number(f64),
        Levels(Vec<Level>),
        Problem(Problem),
        Cage(Box<Cage>),
    }

    impl rt::Data for Size {
        const TABLE: &'static str = "|4.Size 6:Number 6:Levels 7:Problem 4:Cage";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            match parts.variant() {
                0 => Self::Number(parts.next()),
                1 => Self::Levels(parts.next()),
                2 => Self::Problem(parts.next()),
                _ => Self::Cage(parts.next()),
            }
        }
        fn payload(&self) -> (usize, &dyn rt::Slot) {
            match self {
                Self::Number(payload) => (0, payload),
                Self::Levels(payload) => (1, payload),
                Self::Problem(payload) => (2, payload),
                Self::Cage(payload) => (3, payload),
            }
        }
    }

    pub struct Cage {
        pub title: Option<String>,
        pub inner: Option<Box<Cage>>,
        pub key: Option<rt::Base64>,
    }

    impl rt::Data for Cage {
        const TABLE: &'static str = "{4!Cage 5?title 5?inner 3?key";
        fn from_parts(parts: rt::Parts<'_>) -> Self {
            Self {
                title: parts.next(),
                inner: parts.next(),
                key: parts.next(),
            }
        }
        fn slots(&self, to: rt::Slots<'_>) {
            to.all(&[&self.title, &self.inner, &self.key]);
        }
    }

    #[derive(Clone, Copy)]
    pub enum Level {
        Minus1,
        One,
    }

    impl rt::Data for Level {
        const TABLE: &'static str = "#5.Level 2:-1 1:1";
        const VALUES: &'static [Self] = &[Self::Minus1, Self::One];
    }

    rt::data!(GetAnimal, Problem, Cat, Dog, Cage);
    rt::data!(Animal, Size);
    rt::integer_enums!(Level);
    rt::data!(GetAnimalFailure);
    rt::text_enums!(Kind);
}

use gpt_runtime::{
    data::{Data, from_slice, from_value, to_value},
    function::Generated,
};
use zoo::{Animal, Cat, Dog, Kind, Size};

/// Reads and writes JSON that comes out as it went in.
fn check<T: Data + PartialEq + std::fmt::Debug>(json: &str) -> T {
    let value: T = from_slice(json.as_bytes()).unwrap();
    let parsed: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(to_value(&value), parsed);
    assert_eq!(
        from_value::<T>(&parsed).unwrap(),
        value,
        "bytes and values read alike"
    );
    assert_eq!(value.clone(), value);
    value
}

/// Reads JSON that does not fit.
fn check_refused<T: Data + std::fmt::Debug>(json: &str, path: &str, message: &str) {
    let error = from_slice::<T>(json.as_bytes()).unwrap_err();
    assert_eq!(
        (error.path.as_str(), error.message.as_str()),
        (path, message)
    );
}

#[test]
fn tagged_unions() {
    let json = r#"{"kind":"cat","born":"2020-02-29","weight":null,"lives":9}"#;
    let animal: Animal = check(json);
    let Animal::Cat(Cat {
        weight, additional, ..
    }) = &animal
    else {
        panic!("{animal:?}")
    };
    assert_eq!(*weight, Some(None));
    assert_eq!(additional.get("lives"), Some(&9));
    assert!(matches!(check(r#"{"kind":"cow","x":1}"#), Animal::Other(_)));
}

#[test]
fn an_open_union_keeps_what_names_another_variant_alone() {
    check_refused::<Vec<Animal>>(
        r#"[{"kind":["cat"],"born":"2020-02-29"}]"#,
        "[0].kind",
        "this chooses no variant of Animal",
    );
    check_refused::<Animal>(
        "{}",
        "",
        "no variant of Animal fits, the first because missing property `born`",
    );
}

#[test]
fn untagged_unions_take_what_fits_best() {
    assert_eq!(check::<Size>("1.5"), Size::Number(1.5));
    assert!(
        matches!(check(r#"{"title":"x"}"#), Size::Problem(_)),
        "the first of equals"
    );
    assert!(
        matches!(check(r#"{"title":"x","inner":{}}"#), Size::Cage(_)),
        "no unknown parts"
    );
    assert!(matches!(check("[-1,1]"), Size::Levels(_)));
    check_refused::<Size>(
        r#""x""#,
        "",
        "no variant of Size fits, the first because invalid type: string \"x\", expected a number",
    );
}

#[test]
fn missing_null_and_present_differ() {
    let missing: Cat = check(r#"{"born":"2020-02-29"}"#);
    let null: Cat = check(r#"{"born":"2020-02-29","weight":null}"#);
    let present: Cat = check(r#"{"born":"2020-02-29","weight":4.5}"#);
    assert_eq!(
        [missing.weight, null.weight, present.weight],
        [None, Some(None), Some(Some(4.5))]
    );
    check::<Dog>(r#"{"puppies":[],"type":null}"#);
}

#[test]
fn enums_keep_what_they_do_not_know() {
    let dog: Dog = check(r#"{"kind":"wolf","puppies":[],"type":3}"#);
    assert_eq!(dog.kind, Some(Kind::Other("wolf".into())));
    assert_eq!(Kind::Cat.as_str(), "cat");
}

#[test]
fn refusals_say_where() {
    check_refused::<Animal>(
        r#"{"kind":"dog","puppies":[{"puppies":[],"type":1},{"puppies":[],"type":"x"}],"type":null}"#,
        "puppies[1].type",
        "invalid type: string \"x\", expected an integer",
    );
    check_refused::<Dog>(r#"{"puppies":[]}"#, "", "missing property `type`");
    check_refused::<zoo::Cage>(
        r#"{"inner":{"inner":{"x":1}}}"#,
        "inner.inner",
        "unknown property `x`",
    );
    check_refused::<Vec<zoo::Level>>("[1, 2]", "[1]", "2 is not one of `-1`, `1`");
    check_refused::<zoo::Cage>(r#"{"key":"%"}"#, "key", "\"%\" is not bytes as base64");
    check_refused::<Cat>(
        r#"{"born":"2021-02-29"}"#,
        "born",
        "\"2021-02-29\" is not a date such as `2026-01-31`",
    );
    check_refused::<i32>("3000000000", "", "3000000000 is not an integer of 32 bits");
    check_refused::<i64>("1 2", "", "trailing characters at line 1 column 3");
}

#[test]
fn numbers_of_any_spelling() {
    assert_eq!(from_slice::<i64>(b"1.0").unwrap(), 1);
    assert_eq!(
        from_slice::<f64>(b"1").unwrap().to_bits(),
        1.0_f64.to_bits()
    );
    assert_eq!(
        from_slice::<u64>(b"18446744073709551615").unwrap(),
        u64::MAX
    );
    check_refused::<i64>(
        "1.5",
        "",
        "invalid type: floating point `1.5`, expected an integer",
    );
}

#[test]
fn serde_and_debug_go_through_the_tables() {
    let dog: Dog = serde_json::from_str(r#"{"kind":"wolf","puppies":[],"type":3}"#).unwrap();
    assert_eq!(serde_json::to_value(&dog).unwrap(), to_value(&dog));
    assert_eq!(
        format!("{dog:?}"),
        r#"Dog { kind: Some("wolf"), puppies: [], type: Some(3) }"#
    );
}

/// A record as wide as those of large APIs, in itself.
#[allow(missing_docs)]
pub mod wide {
    use ::gpt_runtime::__private as rt;
    use rt::prelude::*;

    macro_rules! wide {
        ($($field:ident)*) => {
            pub struct Wide {
                pub inner: Option<Box<Wide>>,
                $(pub $field: Option<String>,)*
            }

            impl rt::Data for Wide {
                const TABLE: &'static str = concat!("{4.Wide 5?inner", $(" 2?", stringify!($field)),*);
                #[inline]
                fn from_parts(parts: rt::Parts<'_>) -> Self {
                    Self { inner: parts.next(), $($field: parts.next(),)* }
                }
                #[inline]
                fn slots(&self, to: rt::Slots<'_>) {
                    to.all(&[&self.inner, $(&self.$field),*]);
                }
            }

            rt::data!(Wide);
        };
    }

    wide! {
        a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9
        d0 d1 d2 d3 d4 d5 d6 d7 d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9
        g0 g1 g2 g3 g4 g5 g6 g7 g8 g9 h0 h1 h2 h3 h4 h5 h6 h7 h8 h9 i0 i1 i2 i3 i4 i5 i6 i7 i8 i9
        j0 j1 j2 j3 j4 j5 j6 j7 j8 j9 k0 k1 k2 k3 k4 k5 k6 k7 k8 k9 l0 l1 l2 l3 l4 l5 l6 l7 l8 l9
    }
}

#[test]
fn deep_json_does_not_exhaust_the_stack() {
    let read = |depth: usize| {
        let json = format!("{}{{}}{}", r#"{"inner":"#.repeat(depth), "}".repeat(depth));
        let read = move || from_slice::<wide::Wide>(json.as_bytes()).map(drop);
        // Half of what a thread of tokio has.
        let thread = std::thread::Builder::new().stack_size(1 << 20);
        thread.spawn(read).unwrap().join().unwrap()
    };
    read(40).unwrap();
    let error = read(126).unwrap_err();
    assert_eq!(error.message, "nested too deep to be read");
    assert!(error.path.starts_with("inner.inner."), "{error}");
}

/// Takes an animal in, and gives it back.
#[gpt_runtime::action(read_only)]
fn keep(
    cat: Generated<Cat>,
    /// What it is.
    kind: Generated<Kind>,
    levels: Option<Generated<Vec<zoo::Level>>>,
    cage: Option<Generated<zoo::Cage>>,
) -> Generated<Cat> {
    drop((kind, levels, cage));
    cat
}

#[test]
fn functions_take_generated_types() {
    let operation = keep::OPERATIONS[0].operation();
    let parameters: serde_json::Value = serde_json::from_str(operation.tool.parameters).unwrap();
    expect_test::expect![[r#"
        {
          "type": "object",
          "properties": {
            "cat": {
              "type": "object",
              "properties": {
                "born": {
                  "type": "string"
                },
                "weight": {}
              },
              "required": [
                "born"
              ]
            },
            "kind": {
              "type": "string",
              "examples": [
                "cat",
                "dog"
              ],
              "description": "What it is."
            },
            "levels": {
              "type": [
                "array",
                "null"
              ],
              "items": {}
            },
            "cage": {
              "type": [
                "object",
                "null"
              ],
              "properties": {
                "title": {},
                "inner": {},
                "key": {}
              },
              "required": [],
              "additionalProperties": false
            }
          },
          "required": [
            "cat",
            "kind"
          ],
          "additionalProperties": false
        }"#]]
    .assert_eq(&serde_json::to_string_pretty(&parameters).unwrap());
    let json = r#"{"born":"2020-02-29","weight":4.5}"#;
    let cat: Generated<Cat> = serde_json::from_str(json).unwrap();
    let kind = Generated(Kind::Other("lynx".to_owned()));
    let kept = keep(cat, kind, None, None);
    assert_eq!(serde_json::to_string(&kept).unwrap(), json);
    let wrong = serde_json::from_str::<Generated<Cat>>(r#"{"born":"soon"}"#).unwrap_err();
    assert!(wrong.to_string().contains("is not a date"), "{wrong}");
}
