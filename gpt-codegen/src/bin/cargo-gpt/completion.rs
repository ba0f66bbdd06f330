//! `cargo gpt completion`: what shells complete of these commands.

use clap::{CommandFactory, ValueEnum};
use clap_complete::{Generator, Shell, generate};

use crate::{
    Failure,
    arguments::{Arguments, Completion},
    terminal::say,
};

/// A shell that scripts are made for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum For {
    Bash,
    Zsh,
    Fish,
}

/// `cargo gpt` in bash, where cargo's own completion knows no other commands.
const BASH: &str = "
# Behind `cargo`, in front of what completed that before.
__cargo_gpt_before=
if declare -F _comp_load >/dev/null; then _comp_load cargo; elif declare -F _completion_loader >/dev/null; then _completion_loader cargo; fi
if [[ $(complete -p cargo 2>/dev/null) =~ ' -F '([^ ]+) && ${BASH_REMATCH[1]} != __cargo_gpt ]]; then
    __cargo_gpt_before=${BASH_REMATCH[1]}
fi
__cargo_gpt() {
    if [[ ${COMP_WORDS[1]} == gpt && $COMP_CWORD -gt 1 ]]; then
        COMP_WORDS=(cargo-gpt \"${COMP_WORDS[@]:2}\")
        COMP_CWORD=$((COMP_CWORD - 1))
        _cargo__gpt cargo-gpt \"$2\" \"${COMP_WORDS[COMP_CWORD - 1]}\"
    elif [[ -n $__cargo_gpt_before ]]; then
        \"$__cargo_gpt_before\" \"$@\"
    fi
}
complete -F __cargo_gpt -o bashdefault -o default cargo
";

/// The same in fish.
const FISH: &str = "
# Behind `cargo`.
complete -c cargo -n '__fish_seen_subcommand_from gpt' -f -a '(complete -C \"cargo-gpt \"(string join \" \" -- (commandline -opc)[3..] (commandline -ct)))'
";

impl Completion {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let (mut script, behind) = match self.shell {
            // clap_complete 4.6 takes the dash of a name for the end of a command in some places.
            For::Bash => (
                script(Shell::Bash).replace("cargo__subcmd__gpt__", "cargo__gpt__"),
                BASH,
            ),
            // Its completion of cargo asks `_cargo-gpt` by itself.
            For::Zsh => (script(Shell::Zsh), ""),
            For::Fish => (script(Shell::Fish), FISH),
        };
        script.push_str(behind);
        say(&script)
    }
}

fn script(shell: impl Generator) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "cargo-gpt", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}
