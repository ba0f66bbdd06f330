//! Documents of any size: as many resources as are wanted, five operations each.

use serde_json::{Value, json};

/// Names of resources are two of these words. More words than resources of the largest document
/// have square roots.
const WORDS: &[&str] = &[
    "Account", "Address", "Alert", "Asset", "Batch", "Budget", "Campaign", "Card", "Catalog",
    "Channel", "Claim", "Contract", "Coupon", "Course", "Customer", "Dataset", "Delivery",
    "Device", "Dispute", "Domain", "Event", "Export", "Feature", "Field", "Folder", "Forecast",
    "Group", "Image", "Import", "Invoice", "Job", "Label", "Ledger", "License", "Listing",
    "Meeting", "Member", "Message", "Metric", "Note", "Order", "Payment", "Policy", "Product",
    "Project", "Report",
];

/// The properties that resources choose from.
const PROPERTIES: &[(&str, &str)] = &[
    ("displayName", r#"{"type": "string", "maxLength": 200}"#),
    ("description", r#"{"type": ["string", "null"]}"#),
    (
        "quantity",
        r#"{"type": "integer", "format": "int32", "minimum": 0}"#,
    ),
    ("amount", r#"{"type": "number"}"#),
    ("currency", r#"{"type": "string", "pattern": "^[A-Z]{3}$"}"#),
    ("isActive", r#"{"type": "boolean"}"#),
    ("tags", r#"{"type": "array", "items": {"type": "string"}}"#),
    ("dueDate", r#"{"type": "string", "format": "date"}"#),
    ("ownerId", r#"{"type": "string", "format": "uuid"}"#),
    ("website", r#"{"type": "string", "format": "uri"}"#),
    (
        "priority",
        r#"{"type": "string", "enum": ["low", "normal", "high", "urgent"]}"#,
    ),
    (
        "attributes",
        r#"{"type": "object", "additionalProperties": {"type": "string"}}"#,
    ),
    (
        "position",
        r#"{"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}, "required": ["x", "y"]}"#,
    ),
];

/// A document of that many operations.
pub(crate) fn write(operations: usize) -> String {
    let mut paths = serde_json::Map::new();
    let mut schemas = serde_json::Map::new();
    schemas.insert(
        "Problem".into(),
        json!({
            "type": "object",
            "required": ["title", "status"],
            "properties": {
                "title": {"type": "string"},
                "status": {"type": "integer", "format": "int32"},
                "detail": {"type": "string"},
            },
        }),
    );
    for index in 0..operations.div_ceil(OPERATIONS_OF_RESOURCE) {
        let left = operations - index * OPERATIONS_OF_RESOURCE;
        resource(index, left, &mut paths, &mut schemas);
    }
    let document = json!({
        "openapi": "3.1.0",
        "info": {"title": "Growth", "version": "1.0.0"},
        "servers": [{"url": "https://growth.example"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Problem": {
                    "description": "What went wrong.",
                    "content": content(&json!({"$ref": "#/components/schemas/Problem"})),
                },
            },
        },
    });
    format!("{document:#}\n")
}

/// The name of the operation at that place.
pub(crate) fn operation_id(index: usize) -> String {
    let name = name(index / OPERATIONS_OF_RESOURCE);
    let verb = ["list", "create", "get", "update", "delete"][index % OPERATIONS_OF_RESOURCE];
    format!("{verb}{name}")
}

const OPERATIONS_OF_RESOURCE: usize = 5;

fn name(resource: usize) -> String {
    let (first, second) = (resource % WORDS.len(), resource / WORDS.len());
    // The second word runs ahead of the first, so that no name is one word twice at the start.
    format!(
        "{}{}",
        WORDS[first],
        WORDS[(first + second + 1) % WORDS.len()]
    )
}

/// Adds up to `left` operations of a resource and the schemas they use.
fn resource(
    index: usize,
    left: usize,
    paths: &mut serde_json::Map<String, Value>,
    schemas: &mut serde_json::Map<String, Value>,
) {
    let name = name(index);
    let mut properties = serde_json::Map::new();
    for step in 0..6 {
        let (name, schema) = PROPERTIES[(index + step * (1 + index % 3)) % PROPERTIES.len()];
        properties.insert(
            name.into(),
            serde_json::from_str(schema).unwrap_or_default(),
        );
    }
    if index > 0 {
        // A tree rather than a chain: rustc follows types 128 deep and no further.
        let other = format!("#/components/schemas/{}", self::name(index / 2));
        properties.insert("parent".into(), json!({ "$ref": other }));
    }
    let required: Vec<_> = properties.keys().take(2).cloned().collect();
    schemas.insert(
        format!("{name}Input"),
        json!({
            "type": "object",
            "description": format!("What a client says of a resource {name}."),
            "required": required,
            "properties": properties,
        }),
    );
    properties.insert(
        "id".into(),
        json!({"type": "string", "description": "The identifier."}),
    );
    properties.insert(
        "createdAt".into(),
        json!({"type": "string", "format": "date-time"}),
    );
    schemas.insert(
        name.clone(),
        json!({
            "type": "object",
            "description": format!("A resource {name} as the service keeps it."),
            "required": ["id", "createdAt"],
            "properties": properties,
        }),
    );
    let one = json!({"$ref": format!("#/components/schemas/{name}")});
    let input = json!({"$ref": format!("#/components/schemas/{name}Input")});
    let page = json!({
        "type": "object",
        "required": ["items"],
        "properties": {
            "items": {"type": "array", "items": one},
            "nextPage": {"type": ["string", "null"]},
        },
    });
    let id = json!({"name": "id", "in": "path", "required": true, "schema": {"type": "string"}});
    let operation =
        |offset: usize, parameters: Value, body: Option<&Value>, answer: Option<&Value>| {
            let id = operation_id(index * OPERATIONS_OF_RESOURCE + offset);
            let mut responses = serde_json::Map::new();
            match answer {
                Some(schema) => responses.insert(
                    "200".into(),
                    json!({"description": "Done.", "content": content(schema)}),
                ),
                None => responses.insert("204".into(), json!({"description": "Done."})),
            };
            responses.insert(
                "default".into(),
                json!({"$ref": "#/components/responses/Problem"}),
            );
            let mut operation = json!({
                "operationId": id,
                "summary": format!("Does what `{id}` says."),
                "tags": [name],
                "parameters": parameters,
                "responses": responses,
            });
            if let Some(schema) = body {
                operation["requestBody"] = json!({"required": true, "content": content(schema)});
            }
            operation
        };
    let paging = json!([
        {"name": "page", "in": "query", "schema": {"type": "string"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
        {"name": "sort", "in": "query", "schema": {"type": "string", "enum": ["newest", "oldest"]}},
    ]);
    let all = [
        ("", "get", operation(0, paging, None, Some(&page))),
        (
            "",
            "post",
            operation(1, json!([]), Some(&input), Some(&one)),
        ),
        ("/{id}", "get", operation(2, json!([id]), None, Some(&one))),
        (
            "/{id}",
            "patch",
            operation(3, json!([id]), Some(&input), Some(&one)),
        ),
        ("/{id}", "delete", operation(4, json!([id]), None, None)),
    ];
    for (path, method, operation) in all.into_iter().take(left) {
        let path = format!("/{}{path}", name.to_lowercase());
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method] = operation;
    }
}

fn content(schema: &Value) -> Value {
    json!({"application/json": {"schema": schema}})
}
