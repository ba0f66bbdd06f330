//! The command line.

use std::process::exit;

/// What the command line asks for.
pub(crate) struct Options {
    /// Whether to talk to the real service.
    pub(crate) live: bool,
}

const HELP: &str = "\
Serves Weather Desk, a GPT about the weather in the United States.

Usage: weather [--live]

Options:
  --live      Ask the real api.weather.gov instead of the stand-in that runs beside this program
  -h, --help  Print this help

Environment:
  GPT_ADDR         Where to listen [default: 127.0.0.1:8000]
  OPENAI_BASE_URL  An OpenAI-compatible server; without one the offline model answers
  OPENAI_API_KEY   Its key
  GPT_MODEL        The model to ask for

  WEATHER_USER_AGENT  How to introduce this program to the weather service
";

impl Options {
    /// Reads the arguments of this process; ends it after `--help` and after a mistake.
    pub(crate) fn from_args() -> Self {
        match parse(
            std::env::args_os()
                .skip(1)
                .map(|argument| argument.to_string_lossy().into_owned()),
        ) {
            Ok(Some(options)) => options,
            Ok(None) => {
                print!("{HELP}");
                exit(0)
            }
            Err(argument) => {
                eprintln!("error: unknown argument `{argument}`\n\n{HELP}");
                exit(2)
            }
        }
    }
}

/// The options; `None` to show the help; an argument that is not known as the error.
fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut options = Options { live: false };
    for argument in arguments {
        match argument.as_str() {
            "--live" => options.live = true,
            "-h" | "--help" => return Ok(None),
            _ => return Err(argument),
        }
    }
    Ok(Some(options))
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn live(arguments: &[&str]) -> Result<Option<bool>, String> {
        let options = parse(arguments.iter().map(|&argument| argument.to_owned()))?;
        Ok(options.map(|options| options.live))
    }

    #[test]
    fn arguments() {
        assert_eq!(live(&[]), Ok(Some(false)));
        assert_eq!(live(&["--live"]), Ok(Some(true)));
        assert_eq!(live(&["--live", "-h"]), Ok(None));
        assert_eq!(live(&["--lively", "--help"]), Err("--lively".to_owned()));
    }
}
