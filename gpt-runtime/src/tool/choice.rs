//! Which implementations of built-in tools the settings ask for.

use std::sync::Arc;

use super::{Shared, image, image::GenerateImage, python::Python};
use crate::{environment::Lookup, error::Error, gpt::BuiltInTool};

const PYTHON: &str = "/usr/bin/python3";

/// The tools that stand for a built-in one; none where no setting says what to use.
pub(crate) fn from_settings(tool: BuiltInTool, lookup: &Lookup<'_>) -> Result<Vec<Shared>, Error> {
    let variable = |name| {
        let value = lookup(name)?.map(|value| value.trim().to_owned());
        Ok::<_, Error>(value.filter(|value| !value.is_empty()))
    };
    match tool {
        #[cfg(feature = "web")]
        BuiltInTool::WebSearch => web(variable),
        #[cfg(not(feature = "web"))]
        BuiltInTool::WebSearch => Ok(Vec::new()),
        BuiltInTool::ImageGeneration => images(variable),
        BuiltInTool::CodeInterpreter => {
            let interpreter = variable("GPT_PYTHON")?.unwrap_or_else(|| PYTHON.to_owned());
            Ok(vec![Arc::new(Python::new(interpreter)?)])
        }
    }
}

/// What to set so that there is an implementation.
pub(crate) fn hint(tool: BuiltInTool) -> &'static str {
    match tool {
        BuiltInTool::WebSearch if cfg!(feature = "web") => {
            "set GPT_SEARCH_URL to the address of a SearXNG, or BRAVE_API_KEY"
        }
        BuiltInTool::WebSearch => {
            "turn on the feature `web` of the crate `gpt-runtime` and set GPT_SEARCH_URL to the \
             address of a SearXNG, or BRAVE_API_KEY"
        }
        BuiltInTool::ImageGeneration => {
            "set OPENAI_API_KEY, or GPT_IMAGES_URL and GPT_IMAGES_MODEL for another server"
        }
        BuiltInTool::CodeInterpreter => "give the service a `tool::python::Python`",
    }
}

#[cfg(feature = "web")]
fn web(
    variable: impl Fn(&'static str) -> Result<Option<String>, Error>,
) -> Result<Vec<Shared>, Error> {
    use super::web::{OpenPage, Provider, Search};

    let (url, key) = (variable("GPT_SEARCH_URL")?, variable("BRAVE_API_KEY")?);
    let provider = match (url, key) {
        (Some(_), Some(_)) => {
            let message = "is set, and so is BRAVE_API_KEY: remove one of them";
            return Err(setting("GPT_SEARCH_URL", message));
        }
        (Some(url), None) => Provider::searxng_named("GPT_SEARCH_URL", &url)?,
        (None, Some(key)) => Provider::brave_named("BRAVE_API_KEY", &key)?,
        (None, None) => return Ok(Vec::new()),
    };
    let fetcher = super::fetch::Fetcher::new()?;
    Ok(vec![
        Arc::new(Search::new(provider)?),
        Arc::new(OpenPage::new(fetcher)),
    ])
}

fn images(
    variable: impl Fn(&'static str) -> Result<Option<String>, Error>,
) -> Result<Vec<Shared>, Error> {
    let model = variable("GPT_IMAGES_MODEL")?;
    let key = variable("GPT_IMAGES_API_KEY")?;
    let url = variable("GPT_IMAGES_URL")?;
    let (base_url, model, key_name, key) = match (url, model) {
        (Some(url), Some(model)) => (url, model, "GPT_IMAGES_API_KEY", key),
        (Some(_), None) => {
            let message = "is missing: name a model of the server at GPT_IMAGES_URL";
            return Err(setting("GPT_IMAGES_MODEL", message));
        }
        (None, model) => {
            // A key of OpenAI is only for OpenAI: with another base URL it is that server's.
            let openai = match variable("OPENAI_BASE_URL")? {
                Some(_) => None,
                None => variable("OPENAI_API_KEY")?,
            };
            let (name, key) = match key {
                Some(key) => ("GPT_IMAGES_API_KEY", Some(key)),
                None => ("OPENAI_API_KEY", openai),
            };
            if key.is_none() {
                return Ok(Vec::new());
            }
            let model = model.unwrap_or_else(|| image::OPENAI_MODEL.to_owned());
            (image::OPENAI.to_owned(), model, name, key)
        }
    };
    let mut tool = GenerateImage::named("GPT_IMAGES_URL", &base_url, model)?;
    if let Some(key) = key {
        tool = tool.key_named(key_name, key)?;
    }
    Ok(vec![Arc::new(tool)])
}

fn setting(name: &str, message: &str) -> Error {
    Error::Setting {
        name: name.to_owned(),
        message: message.to_owned(),
    }
}
