//! Generates the module that is measured, and one of 1,000 operations beside one of a single one.

use std::{env, fmt::Write, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    gpt_codegen::compile("specs/orders.yaml")?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for (name, resources) in [("many", 250), ("one", 0)] {
        let path = out.join(format!("{name}.yaml"));
        let text = document(resources)?;
        // Cargo takes a file that is written for one that has changed.
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(&path, text)?;
        }
        gpt_codegen::compile(&path)?;
    }
    Ok(())
}

/// A document with four operations for each resource, or with one where there is no resource.
fn document(resources: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "openapi: 3.1.0\ninfo: { title: Resources, version: \"1\" }\n\
         servers: [{ url: https://resources.example }]\npaths:\n",
    );
    if resources == 0 {
        text.push_str(
            "  /status:\n    get:\n      operationId: getStatus\n      \
             description: Whether all is well.\n      responses: { \"204\": { description: Well. } }\n",
        );
        return Ok(text);
    }
    for index in 0..resources {
        write!(
            text,
            r##"  /resources{index}:
    get:
      operationId: listResource{index}
      description: Lists what there is of resource {index}, the latest first, a page at a time.
      parameters:
        - {{ name: limit, in: query, description: How many to list., schema: {{ type: integer, format: int32, minimum: 1, maximum: 100 }} }}
        - {{ name: cursor, in: query, description: Where the page before ended., schema: {{ type: string }} }}
        - {{ name: state, in: query, schema: {{ type: string, enum: [draft, live, archived] }} }}
      responses:
        "200": {{ description: A page., content: {{ application/json: {{ schema: {{ type: array, items: {{ $ref: "#/components/schemas/Resource{index}" }} }} }} }} }}
    post:
      operationId: createResource{index}
      description: Makes one more of resource {index}.
      requestBody: {{ required: true, content: {{ application/json: {{ schema: {{ $ref: "#/components/schemas/Resource{index}" }} }} }} }}
      responses:
        "201": {{ description: As it was made., content: {{ application/json: {{ schema: {{ $ref: "#/components/schemas/Resource{index}" }} }} }} }}
  /resources{index}/{{id}}:
    parameters:
      - {{ name: id, in: path, required: true, schema: {{ type: string, format: uuid }} }}
    get:
      operationId: getResource{index}
      description: Shows one of resource {index}.
      responses:
        "200": {{ description: It., content: {{ application/json: {{ schema: {{ $ref: "#/components/schemas/Resource{index}" }} }} }} }}
    delete:
      operationId: deleteResource{index}
      description: Removes one of resource {index} for good.
      responses:
        "204": {{ description: It is gone. }}
"##
        )?;
    }
    text.push_str("components:\n  schemas:\n");
    for index in 0..resources {
        write!(
            text,
            r#"    Resource{index}:
      type: object
      required: [name, state]
      properties:
        name: {{ type: string, maxLength: 80, description: "What people call it." }}
        state: {{ type: string, enum: [draft, live, archived] }}
        createdAt: {{ type: string, format: date-time }}
        owner: {{ type: [string, "null"], description: "Who answers for it." }}
        weight: {{ type: number, minimum: 0 }}
        tags: {{ type: array, maxItems: 20, items: {{ type: string }} }}
        settings: {{ type: object, additionalProperties: {{ type: string }} }}
        size: {{ type: object, properties: {{ width: {{ type: integer }}, height: {{ type: integer }} }} }}
"#
        )?;
    }
    Ok(text)
}
